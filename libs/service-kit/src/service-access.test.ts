import { SERVICE_TOKEN_ISSUER } from '@hermes/contracts/control';
import type { ExecutionContext } from '@nestjs/common';
import { exportSPKI, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Access, AccessGuard, Operator } from './access.ts';
import { ProblemError } from './problem.ts';
import { serviceToken } from './service-token.ts';

const SECRET = 'the-secret-of-this-platform-0123456789';
const bytes = (secret: string): Uint8Array => new TextEncoder().encode(secret);

const control = {
  key: () => undefined,
  verifyToken: async () => undefined,
  project: (id: string) =>
    id === 'demo'
      ? {
          kind: 'project' as const,
          id,
          name: id,
          timeZone: 'UTC',
          currency: 'CNY',
          partitions: 1,
          dedupWindowMs: 1_000,
          createdAt: '2026-01-01T00:00:00Z',
        }
      : undefined,
};

class Routes {
  @Access({ role: 'viewer', service: true })
  open(): void {}
  @Access({ role: 'viewer', scope: 'events:read' })
  closed(): void {}
  @Operator()
  operators(): void {}
}

/** What a call with this token on this route comes to: `in`, or the status that it gets. */
async function call(
  token: string,
  route: 'open' | 'closed' | 'operators' = 'open',
  secret: string | null = SECRET,
  project = 'demo',
): Promise<'in' | number> {
  const request = { headers: { authorization: `Bearer ${token}` }, params: { p: project } };
  const context = {
    getHandler: () => Object.getOwnPropertyDescriptor(Routes.prototype, route)?.value as () => void,
    getClass: () => Routes,
    switchToHttp: () => ({ getRequest: () => request }),
  };
  try {
    await new AccessGuard(control, secret ?? undefined).canActivate(context as unknown as ExecutionContext);
    expect(request).toMatchObject({ hermesCaller: { kind: 'service', name: 'profile-store' } });
    return 'in';
  } catch (error) {
    if (error instanceof ProblemError) return error.fields.status;
    throw error;
  }
}

const signed = (given: {
  secret?: string;
  issuer?: string;
  subject?: string;
  issuedAgoS?: number;
  lastsS?: number;
}) => {
  const issuedAtS = Math.floor(Date.now() / 1_000) - (given.issuedAgoS ?? 0);
  return new SignJWT()
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer(given.issuer ?? SERVICE_TOKEN_ISSUER)
    .setSubject(given.subject ?? 'profile-store')
    .setIssuedAt(issuedAtS)
    .setExpirationTime(issuedAtS + (given.lastsS ?? 60))
    .sign(bytes(given.secret ?? SECRET));
};

describe('a service is let in with its token', () => {
  test('on a route that allows services, into every project that there is', async () => {
    const token = await serviceToken(SECRET, 'profile-store');
    expect([await call(token), await call(token, 'open', SECRET, 'nowhere')]).toEqual(['in', 404]);
  });

  test('on no route that does not say so, and on none of the operators', async () => {
    const token = await serviceToken(SECRET, 'profile-store');
    expect([await call(token, 'closed'), await call(token, 'operators')]).toEqual([403, 403]);
  });

  test('but not where there is no secret, nor with the token of another secret', async () => {
    expect(await call(await serviceToken(SECRET, 'profile-store'), 'open', null)).toBe(401);
    expect(await call(await signed({ secret: 'another-secret-that-is-long-enough-0123' }))).toBe(401);
  });

  test.each([
    ['has ended', { issuedAgoS: 120 }],
    ['was made to last for an hour, and is older than a minute', { issuedAgoS: 120, lastsS: 3_600 }],
    ['is from somebody who is no service', { subject: 'somebody' }],
    ['names another issuer', { issuer: 'hermes-console' }],
  ])('but not when it %s', async (_, given) => expect(await call(await signed(given))).toBe(401));

  test('but not without a signature, nor with one of another algorithm', async () => {
    const unsigned = new UnsecuredJWT()
      .setIssuer(SERVICE_TOKEN_ISSUER)
      .setSubject('profile-store')
      .setIssuedAt()
      .setExpirationTime('60s')
      .encode();
    const { privateKey, publicKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
    const byAnother = (key: typeof privateKey | Uint8Array, alg: string) =>
      new SignJWT()
        .setProtectedHeader({ alg })
        .setIssuer(SERVICE_TOKEN_ISSUER)
        .setSubject('profile-store')
        .setIssuedAt()
        .setExpirationTime('60s')
        .sign(key);
    // The classic confusion: a public key, which everybody has, used as the secret of an HMAC.
    const publicAsSecret = await byAnother(bytes(await exportSPKI(publicKey)), 'HS256');
    const tokens = [unsigned, await byAnother(privateKey, 'EdDSA'), await byAnother(bytes(SECRET.repeat(2)), 'HS512')];
    expect(await Promise.all([...tokens, publicAsSecret].map((token) => call(token)))).toEqual([401, 401, 401, 401]);
  });
});

describe('a token is kept', () => {
  beforeEach(() => void vi.useFakeTimers({ now: Date.parse('2026-03-01T00:00:00Z') }));
  afterEach(() => void vi.useRealTimers());

  test('until it nears its end, for each service and secret its own', async () => {
    const first = await serviceToken(SECRET, 'ingest');
    vi.advanceTimersByTime(39_000);
    expect(await serviceToken(SECRET, 'ingest')).toBe(first);
    expect(await serviceToken(SECRET, 'alerting')).not.toBe(first);
    vi.advanceTimersByTime(2_000);
    expect(await serviceToken(SECRET, 'ingest')).not.toBe(first);
  });
});

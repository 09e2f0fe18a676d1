import { SERVICE_TOKEN_ISSUER, SERVICE_TOKEN_LIFETIME_S } from '@hermes/contracts/control';
import { SERVICE_NAMES, type ServiceName } from '@hermes/contracts/identifiers';
import { decodeJwt, jwtVerify, SignJWT } from 'jose';

/** A token is made anew when it has less than this left: the call that carries it must arrive while it is good. */
const RENEW_BEFORE_MS = 20_000;

interface KeptToken {
  readonly token: string;
  readonly renewAtMs: number;
}

const kept = new Map<string, KeptToken>();
const keyOf = (secret: string): Uint8Array => new TextEncoder().encode(secret);

/**
 * A token with which `serviceName` reads another service's API: HS256, good for SERVICE_TOKEN_LIFETIME_S. The same one is answered until it
 * nears its end, so that asking before every call costs nothing.
 *
 * @param secret - HERMES_SERVICE_SECRET
 */
export async function serviceToken(secret: string, serviceName: ServiceName): Promise<string> {
  const nowMs = Date.now();
  const slot = `${serviceName}\n${secret}`;
  const known = kept.get(slot);
  if (known !== undefined && nowMs < known.renewAtMs) return known.token;
  const issuedAtS = Math.floor(nowMs / 1_000);
  const token = await new SignJWT()
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer(SERVICE_TOKEN_ISSUER)
    .setSubject(serviceName)
    .setIssuedAt(issuedAtS)
    .setExpirationTime(issuedAtS + SERVICE_TOKEN_LIFETIME_S)
    .sign(keyOf(secret));
  kept.set(slot, { token, renewAtMs: (issuedAtS + SERVICE_TOKEN_LIFETIME_S) * 1_000 - RENEW_BEFORE_MS });
  return token;
}

/**
 * Whether a token says of itself that a service made it; nothing is proven by that. It decides which check a token must pass, and each
 * check has its own issuer, algorithm and key, so that a false claim only leads to the check that it fails.
 */
export function claimsToBeAService(token: string): boolean {
  try {
    return decodeJwt(token).iss === SERVICE_TOKEN_ISSUER;
  } catch {
    return false;
  }
}

/** The service that a token is from; undefined when it is not valid, has ended, or there is no secret to check it with. */
export async function verifyServiceToken(secret: string | undefined, token: string): Promise<ServiceName | undefined> {
  if (secret === undefined) return undefined;
  try {
    const { payload } = await jwtVerify(token, keyOf(secret), {
      issuer: SERVICE_TOKEN_ISSUER,
      algorithms: ['HS256'],
      requiredClaims: ['sub', 'iat', 'exp'],
      // A token that was made to last longer is not one of ours.
      maxTokenAge: SERVICE_TOKEN_LIFETIME_S,
    });
    return SERVICE_NAMES.find((name) => name === payload.sub);
  } catch {
    return undefined;
  }
}

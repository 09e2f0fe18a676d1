import { randomUUID } from 'node:crypto';
import { type SigningKeyRecord, TOKEN_ISSUER, TOKEN_LIFETIME_S, type TokenClaims } from '@hermes/contracts/control';
import { Injectable } from '@nestjs/common';
import { type CryptoKey, exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose';
import type { Queryable } from '../database/database.ts';
import type { Person } from '../sessions/session.repository.ts';

export interface SigningKey {
  readonly record: SigningKeyRecord;
  readonly privateKey: CryptoKey;
}

interface SigningKeyRow {
  readonly id: string;
  readonly private_jwk: JWK;
  readonly public_jwk: JWK;
}

const readRow = async (db: Queryable): Promise<SigningKeyRow | undefined> =>
  (await db.query<SigningKeyRow>('SELECT * FROM console.signing_keys ORDER BY created_at DESC, id LIMIT 1')).rows[0];

/** The newest signing key, made when there is none. Give a transaction that holds a lock. */
export async function ensureSigningKey(db: Queryable): Promise<SigningKey> {
  const row = (await readRow(db)) ?? (await makeSigningKey(db));
  const privateKey = await importJWK(row.private_jwk, 'EdDSA');
  if (privateKey instanceof Uint8Array)
    throw new Error(`the signing key '${row.id}' in the database is not an EdDSA key`);
  return { record: { kind: 'signing-key', id: row.id, jwk: { ...row.public_jwk } }, privateKey };
}

async function makeSigningKey(db: Queryable): Promise<SigningKeyRow> {
  const id = randomUUID();
  const pair = await generateKeyPair('EdDSA', { extractable: true });
  const of = async (key: CryptoKey): Promise<JWK> => ({ ...(await exportJWK(key)), kid: id, alg: 'EdDSA', use: 'sig' });
  const row = { id, private_jwk: await of(pair.privateKey), public_jwk: await of(pair.publicKey) };
  await db.query('INSERT INTO console.signing_keys (id, private_jwk, public_jwk) VALUES ($1, $2, $3)', [
    row.id,
    row.private_jwk,
    row.public_jwk,
  ]);
  return row;
}

/** Claims of a person's calls to the services. */
export const claimsOf = (person: Pick<Person, 'id' | 'email' | 'roles' | 'operator'>): TokenClaims => ({
  sub: person.id,
  email: person.email,
  roles: person.roles,
  operator: person.operator,
});

/** Signs the 5-minute tokens with which people's calls reach the services. */
@Injectable()
export class TokenService {
  private readonly key: SigningKey;
  constructor(key: SigningKey) {
    this.key = key;
  }

  async sign(claims: TokenClaims): Promise<string> {
    return await new SignJWT({ ...claims })
      .setProtectedHeader({ alg: 'EdDSA', kid: this.key.record.id })
      .setIssuer(TOKEN_ISSUER)
      .setIssuedAt()
      .setExpirationTime(`${TOKEN_LIFETIME_S}s`)
      .sign(this.key.privateKey);
  }
}

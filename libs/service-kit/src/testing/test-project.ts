import { createHash, randomBytes } from 'node:crypto';
import type { KafkaDriver } from '@hermes/connectors/kafka/driver';
import { type ControlRecord, controlKey, type KeyScope, type Role, TOKEN_ISSUER } from '@hermes/contracts/control';
import { platformTopics, projectTopics } from '@hermes/contracts/topics';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { controlTopic } from './control-topic.ts';

/** A project of one test, with people and keys. */
export interface TestProject {
  readonly id: string;
  readonly partitions: number;
  /** Makes a key with these scopes and answers its text. */
  key(scopes: readonly KeyScope[]): Promise<string>;
  /** A person's token. `stranger`: a member of no project. */
  token(role: Role | 'operator' | 'stranger'): Promise<string>;
  /** Takes everything off the control topic, and deletes the topics. */
  remove(): Promise<void>;
}

export const uniqueName = (prefix = 't'): string => `${prefix}-${randomBytes(5).toString('hex')}`;

/** Makes a project on the control topic, as the console does, and its topics. */
export async function makeTestProject(kafka: KafkaDriver, partitions: number): Promise<TestProject> {
  const id = uniqueName();
  const createdAt = new Date().toISOString();
  const signingKeyId = uniqueName('sk');
  const { publicKey, privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519' });
  const jwk = { ...(await exportJWK(publicKey)), kid: signingKeyId, alg: 'EdDSA', use: 'sig' };
  const topics = projectTopics(id, partitions);
  const admin = await kafka.admin();
  const producer = await kafka.producer();
  await admin.ensureTopics([...platformTopics(controlTopic()), ...topics]);
  const written: ControlRecord[] = [];
  const write = async (...records: ControlRecord[]): Promise<void> => {
    written.push(...records);
    await producer.send(
      records.map((record) => ({
        topic: controlTopic(),
        partition: 0,
        key: controlKey(record),
        value: JSON.stringify(record),
      })),
    );
  };
  await write(
    { kind: 'signing-key', id: signingKeyId, jwk },
    {
      kind: 'project',
      id,
      name: id,
      timeZone: 'UTC',
      currency: 'CNY',
      partitions,
      dedupWindowMs: 3_600_000,
      createdAt,
    },
  );
  return {
    id,
    partitions,
    async key(scopes) {
      const keyId = randomBytes(6).toString('hex');
      const text = `hk_${keyId}_${randomBytes(16).toString('hex')}`;
      const sha256 = createHash('sha256').update(text).digest('hex');
      await write({ kind: 'key', id: keyId, project: id, name: 'test', scopes: [...scopes], sha256, createdAt });
      return text;
    },
    token: (role) =>
      new SignJWT({
        email: `${role}@example.org`,
        roles: role === 'operator' || role === 'stranger' ? {} : { [id]: role },
        operator: role === 'operator',
      })
        .setProtectedHeader({ alg: 'EdDSA', kid: signingKeyId })
        .setSubject(role)
        .setIssuer(TOKEN_ISSUER)
        .setIssuedAt()
        .setExpirationTime('5m')
        .sign(privateKey),
    async remove() {
      await producer.send(
        written.map((record) => ({ topic: controlTopic(), partition: 0, key: controlKey(record), value: null })),
      );
      await admin.deleteTopics(topics.map((topic) => topic.name));
      await Promise.all([producer.close(), admin.close()]);
    },
  };
}

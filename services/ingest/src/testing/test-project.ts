import { createHash, randomBytes } from 'node:crypto';
import { openClickHouse } from '@hermes/connectors/clickhouse/client';
import type { KafkaDriver } from '@hermes/connectors/kafka/driver';
import { openKafka } from '@hermes/connectors/kafka/open-kafka';
import { openPostgres } from '@hermes/connectors/postgres/pool';
import { openRedis } from '@hermes/connectors/redis/client';
import {
  type ControlRecord,
  controlKey,
  type KeyRecord,
  type KeyScope,
  type Role,
  TOKEN_ISSUER,
} from '@hermes/contracts/control';
import { CONTROL_TOPIC, platformTopics, projectTopics } from '@hermes/contracts/topics';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { INGEST_JOB } from '../processing/project-worker.ts';

/** A server's address. @throws Error naming the variable */
export function fromEnvironment(name: 'KAFKA_BROKERS' | 'REDIS_URL' | 'CLICKHOUSE_URL' | 'DATABASE_URL'): string {
  const value = process.env[name];
  if (value === undefined || value === '')
    throw new Error(`${name} is not set: server tests run on the servers that it names`);
  return value;
}

export const openTestKafka = (): KafkaDriver =>
  openKafka({ brokers: fromEnvironment('KAFKA_BROKERS').split(','), clientId: 'ingest-test' });

export interface TestProject {
  readonly id: string;
  readonly partitions: number;
  readonly writeKey: string;
  readonly readKey: string;
  /** May send and read. */
  readonly bothKey: string;
  /** A person's token with this role in the project. */
  token(role: Role): Promise<string>;
  /** Takes the project off `hermes.control` and removes what it left on the servers. */
  remove(): Promise<void>;
}

/** A project on `hermes.control` with keys and a signing key, as the console writes it. */
export async function makeProject(kafka: KafkaDriver, partitions = 2): Promise<TestProject> {
  const id = `t-${randomBytes(5).toString('hex')}`;
  const createdAt = new Date().toISOString();
  const { publicKey, privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519' });
  const kid = `sk-${id}`;
  const newKey = (scopes: KeyScope[]): { readonly text: string; readonly record: KeyRecord } => {
    const keyId = randomBytes(6).toString('hex');
    const text = `hk_${keyId}_${randomBytes(16).toString('hex')}`;
    return {
      text,
      record: {
        kind: 'key',
        id: keyId,
        project: id,
        name: 'test',
        scopes,
        sha256: createHash('sha256').update(text).digest('hex'),
        createdAt,
      },
    };
  };
  const write = newKey(['events:write']);
  const read = newKey(['events:read']);
  const both = newKey(['events:write', 'events:read']);
  const records: readonly ControlRecord[] = [
    { kind: 'signing-key', id: kid, jwk: { ...(await exportJWK(publicKey)), kid, alg: 'EdDSA', use: 'sig' } },
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
    write.record,
    read.record,
    both.record,
  ];
  const admin = await kafka.admin();
  await admin.ensureTopics(platformTopics());
  const producer = await kafka.producer();
  const publish = (value: (record: ControlRecord) => string | null) =>
    producer.send(
      records.map((record) => ({ topic: CONTROL_TOPIC, partition: 0, key: controlKey(record), value: value(record) })),
    );
  await publish((record) => JSON.stringify(record));
  return {
    id,
    partitions,
    writeKey: write.text,
    readKey: read.text,
    bothKey: both.text,
    token: (role) =>
      new SignJWT({ email: `${role}@example.org`, roles: { [id]: role }, operator: false })
        .setProtectedHeader({ alg: 'EdDSA', kid })
        .setSubject(role)
        .setIssuer(TOKEN_ISSUER)
        .setIssuedAt()
        .setExpirationTime('5m')
        .sign(privateKey),
    async remove() {
      await publish(() => null);
      await admin.deleteTopics(projectTopics(id, partitions).map(({ name }) => name));
      await admin.close();
      await producer.close();
      await forget(id);
    },
  };
}

async function forget(project: string): Promise<void> {
  const redis = openRedis(fromEnvironment('REDIS_URL'));
  for await (const keys of redis.scanStream({ match: `{${INGEST_JOB}:${project}:*`, count: 1_000 }) as AsyncIterable<
    string[]
  >) {
    if (keys.length > 0) await redis.unlink(...keys);
  }
  redis.disconnect();
  const clickhouse = openClickHouse(fromEnvironment('CLICKHOUSE_URL'));
  for (const table of ['event_log', 'dead_letter']) {
    await clickhouse.command({
      query: `DELETE FROM ingest.${table} WHERE project = {project:String}`,
      query_params: { project },
    });
  }
  await clickhouse.close();
  const postgres = openPostgres(fromEnvironment('DATABASE_URL'));
  await postgres.query('DELETE FROM ingest.event_type WHERE project = $1', [project]);
  await postgres.end();
}

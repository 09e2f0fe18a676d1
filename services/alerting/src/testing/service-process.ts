import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { KafkaDriver } from '@hermes/connectors/kafka/driver';
import { type ControlRecord, type Role, TOKEN_ISSUER, controlKey } from '@hermes/contracts/control';
import { platformTopics, projectTopics } from '@hermes/contracts/topics';
import { freePort } from '@hermes/service-kit/free-port';
import { controlTopic } from '@hermes/service-kit/testing/control-topic';
import { SignJWT, exportJWK, generateKeyPair } from 'jose';
import { environmentUrl, uniqueName } from './test-database.ts';
import { eventually } from './test-receiver.ts';

const folder = fileURLToPath(new URL('../..', import.meta.url));

/** Bundles the service once, as it is shipped. */
export function buildService(): void {
  execFileSync(process.execPath, ['../../tools/build-service.ts', '.'], { cwd: folder });
}

export interface ServiceProcess {
  readonly url: string;
  readonly child: ChildProcess;
  /** Resolves when it has ended, with the signal that ended it. */
  readonly ended: Promise<NodeJS.Signals | null>;
  kill(signal: NodeJS.Signals): Promise<void>;
}

/** Starts the real service as a child process; resolves when it is ready, or has ended. */
export async function startService(environment: Readonly<Record<string, string>>): Promise<ServiceProcess> {
  const port = await freePort();
  const url = `http://127.0.0.1:${String(port)}`;
  const child = spawn(process.execPath, ['dist/main.js'], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...process.env,
      PORT: String(port),
      HERMES_LOG_LEVEL: 'silent',
      WEBHOOK_PRIVATE_ADDRESSES: 'allow',
      KAFKA_SESSION_TIMEOUT_MS: '6000',
      ...environment,
    },
  });
  let hasEnded = false;
  const ended = new Promise<NodeJS.Signals | null>((resolve) => {
    child.once('exit', (_, signal) => {
      hasEnded = true;
      resolve(signal);
    });
  });
  const isReady = async (): Promise<boolean> => {
    if (hasEnded) return true;
    const answer = await fetch(`${url}/health/ready`).catch(() => undefined);
    await answer?.body?.cancel();
    return answer?.status === 200;
  };
  await eventually('the service is ready', isReady, 50_000);
  return {
    url,
    child,
    ended,
    async kill(signal) {
      if (!hasEnded) child.kill(signal);
      await ended;
    },
  };
}

export interface TestProject {
  readonly id: string;
  /** A key with the scope `alerts:read`. */
  readonly key: string;
  /** A key without it. */
  readonly otherKey: string;
  token(role: Role | 'operator' | 'stranger'): Promise<string>;
  remove(): Promise<void>;
}

/** A project on `hermes.control` with keys and people, as the console writes it. */
export async function makeProject(kafka: KafkaDriver): Promise<TestProject> {
  const id = uniqueName();
  const now = new Date().toISOString();
  const { publicKey, privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519' });
  const signingKeyId = uniqueName('sk');
  const makeKey = (scopes: readonly ('alerts:read' | 'profiles:read')[]) => {
    const keyId = randomBytes(6).toString('hex');
    const text = `hk_${keyId}_${randomBytes(16).toString('hex')}`;
    const sha256 = createHash('sha256').update(text).digest('hex');
    return {
      text,
      record: {
        kind: 'key' as const,
        id: keyId,
        project: id,
        name: 'test',
        scopes: [...scopes],
        sha256,
        createdAt: now,
      },
    };
  };
  const key = makeKey(['alerts:read']);
  const otherKey = makeKey(['profiles:read']);
  const records: ControlRecord[] = [
    {
      kind: 'signing-key',
      id: signingKeyId,
      jwk: { ...(await exportJWK(publicKey)), kid: signingKeyId, alg: 'EdDSA', use: 'sig' },
    },
    {
      kind: 'project',
      id,
      name: id,
      timeZone: 'UTC',
      currency: 'CNY',
      partitions: 2,
      dedupWindowMs: 3_600_000,
      createdAt: now,
    },
    key.record,
    otherKey.record,
  ];
  const admin = await kafka.admin();
  await admin.ensureTopics([...platformTopics(controlTopic()), ...projectTopics(id, 2)]);
  const producer = await kafka.producer();
  const write = (value: (record: ControlRecord) => string | null) =>
    producer.send(
      records.map((record) => ({ topic: controlTopic(), partition: 0, key: controlKey(record), value: value(record) })),
    );
  await write((record) => JSON.stringify(record));
  return {
    id,
    key: key.text,
    otherKey: otherKey.text,
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
      await write(() => null);
      await admin.deleteTopics(projectTopics(id, 2).map((topic) => topic.name));
      await admin.close();
      await producer.close();
    },
  };
}

export const brokers = (): readonly string[] => environmentUrl('KAFKA_BROKERS').split(',');

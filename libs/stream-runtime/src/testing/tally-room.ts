import type { KafkaDriver, KafkaProducer, KafkaRecord, ProducedAt } from '@hermes/connectors/kafka/driver';
import { OUTBOX_HEADERS } from '@hermes/contracts/event';
import { partitionOf } from '@hermes/contracts/partitioning';
import { Cluster, Redis } from 'ioredis';
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ProcessorObserver, ProcessorOptions, RunningProcessor } from '../processor-options.ts';
import { startProcessor } from '../start-processor.ts';
import { metaKey, partitionTag, stateKey } from '../state-keys.ts';
import { eventually, fromEnvironment, logTopic, openTestKafka, uniqueName } from './servers.ts';
import { type Tally, tallyCodec, tallyLogic } from './tally.ts';
import { type expectedOf, type Sent } from './tally-model.ts';

export interface RoomAddress {
  readonly name: string;
  readonly partitions: number;
  readonly brokers: string;
  readonly redisUrl: string;
}

/** What `tally-process.ts` takes as its argument, as JSON. */
export interface TallyProcessSettings {
  readonly room: RoomAddress;
  readonly groupId?: string;
  readonly definitionsTopic?: string;
  readonly maxKeysPerStep?: number;
  /** So many injections into every partition. */
  readonly injections?: number;
}

export const JOB = 'tally';
export const inputOf = (name: string): string => `${name}.in`;
export const outputOf = (name: string): string => `${name}.out`;
export const deadOf = (name: string): string => `${name}.dlq`;

export const tallyOptions = (
  room: RoomAddress,
  kafka: KafkaDriver,
  overrides: Partial<ProcessorOptions<Tally, unknown>> = {},
): ProcessorOptions<Tally, unknown> => ({
  job: JOB,
  project: room.name,
  partitions: room.partitions,
  inputTopic: inputOf(room.name),
  groupId: `hermes.${JOB}.${room.name}`,
  deadLetterTopic: deadOf(room.name),
  logic: tallyLogic(outputOf(room.name)),
  codec: tallyCodec,
  kafka,
  redisUrl: room.redisUrl,
  sessionTimeoutMs: 6_000,
  ...overrides,
});

export interface SentRecord extends Sent {
  readonly timestampMs?: number;
  /** Default: the key's. */
  readonly partition?: number;
  /** As if another processor's outbox had sent it. */
  readonly sequence?: number;
  /** Number of the definition set that it needs. */
  readonly needs?: number;
}

/** Topics and state of one test, processors on them, and what is to be seen of them from outside. */
export class TallyRoom {
  readonly address: RoomAddress;
  readonly kafka: KafkaDriver;
  readonly redis: Redis | Cluster;
  readonly #processors: RunningProcessor[] = [];
  readonly #drivers: KafkaDriver[] = [];
  readonly #children: ChildProcess[] = [];
  #producer: Promise<KafkaProducer> | undefined;

  private constructor(address: RoomAddress, cluster: boolean) {
    this.address = address;
    this.kafka = openTestKafka(`${address.name}-room`, address.brokers);
    const { hostname, port } = new URL(address.redisUrl);
    this.redis = cluster ? new Cluster([{ host: hostname, port: Number(port) }]) : new Redis(address.redisUrl);
    this.redis.on('error', () => undefined);
  }

  static async open(
    partitions: number,
    servers: { readonly brokers?: string; readonly redisUrl?: string; readonly cluster?: boolean } = {},
  ): Promise<TallyRoom> {
    const room = new TallyRoom(
      {
        name: uniqueName(),
        partitions,
        brokers: servers.brokers ?? fromEnvironment('KAFKA_BROKERS'),
        redisUrl: servers.redisUrl ?? fromEnvironment('REDIS_URL'),
      },
      servers.cluster === true,
    );
    const { name } = room.address;
    const admin = await room.kafka.admin();
    await admin.ensureTopics([
      logTopic(inputOf(name), partitions),
      logTopic(outputOf(name), partitions),
      logTopic(deadOf(name), 1),
    ]);
    return room;
  }

  /** A processor with a Kafka client of its own, as a process has. */
  async start(
    overrides: Partial<ProcessorOptions<Tally, unknown>> = {},
    observer?: ProcessorObserver,
  ): Promise<RunningProcessor> {
    const kafka = openTestKafka(`${this.address.name}-p${this.#drivers.length}`, this.address.brokers);
    this.#drivers.push(kafka);
    const processor = await startProcessor(
      tallyOptions(this.address, kafka, observer === undefined ? overrides : { ...overrides, observer }),
    );
    this.#processors.push(processor);
    return processor;
  }

  async send(records: readonly SentRecord[]): Promise<readonly ProducedAt[]> {
    this.#producer ??= this.kafka.producer();
    return (await this.#producer).send(
      records.map(({ key, command, timestampMs, partition, sequence, needs }) => ({
        topic: inputOf(this.address.name),
        key,
        value: JSON.stringify(command),
        partition: partition ?? partitionOf(key, this.address.partitions),
        ...(timestampMs === undefined ? {} : { timestampMs }),
        headers: {
          ...(needs === undefined ? {} : { needs: String(needs) }),
          ...(sequence === undefined
            ? {}
            : {
                [OUTBOX_HEADERS.origin]: `up/${this.address.name}/0/x`,
                [OUTBOX_HEADERS.sequence]: String(sequence),
              }),
        },
      })),
    );
  }

  /** Next offset by partition, as the state has it. */
  async processed(): Promise<number[]> {
    const asked = Array.from({ length: this.address.partitions }, (_, p) =>
      this.redis.hget(metaKey(JOB, this.address.name, p), 'offset'),
    );
    return (await Promise.all(asked)).map((offset) => Number(offset ?? 0));
  }

  /** Waits until every record that is in the input now was processed and every output has left the outbox. */
  async settled(timeoutMs = 60_000): Promise<void> {
    const admin = await this.kafka.admin();
    const ends = await admin.offsets(inputOf(this.address.name));
    await eventually(
      'the input is processed and the outbox is empty',
      async () => {
        const processed = await this.processed();
        if (!processed.every((offset, p) => offset >= ends.get(p)!.latest)) return undefined;
        const lengths = await Promise.all(
          processed.map((_, p) => this.redis.llen(`${partitionTag(JOB, this.address.name, p)}o`)),
        );
        return lengths.every((length) => length === 0) ? true : undefined;
      },
      timeoutMs,
    );
  }

  async tally(key: string, partition = partitionOf(key, this.address.partitions)): Promise<Tally | undefined> {
    const bytes = await this.redis.getBuffer(stateKey(JOB, this.address.name, partition, key));
    return bytes === null ? undefined : tallyCodec.decode(bytes);
  }

  /** Everything in a topic now, in order per partition. */
  async read(topic: string): Promise<KafkaRecord[]> {
    const records: KafkaRecord[] = [];
    const follower = await this.kafka.follow({ topic, onRecord: (record) => void records.push(record), maxWaitMs: 50 });
    await follower.caughtUp;
    await follower.close();
    return records;
  }

  /** Outputs as a reader sees them who keeps the highest sequence per origin. */
  async outputs(topic = outputOf(this.address.name)): Promise<KafkaRecord[]> {
    return withoutRepeats(await this.read(topic));
  }

  async deadLetters(): Promise<KafkaRecord[]> {
    return withoutRepeats(await this.read(deadOf(this.address.name)));
  }

  /** What there is now, in the shape of the model's answer to the same records. */
  async found(sent: readonly Sent[]): Promise<ReturnType<typeof expectedOf>> {
    const tallies = new Map<string, Tally>();
    for (const key of new Set(sent.map(({ key }) => key))) {
      const tally = await this.tally(key);
      if (tally !== undefined) tallies.set(key, tally);
    }
    const outputs = new Map<string, string[]>();
    for (const record of await this.outputs()) {
      const key = record.key!.toString();
      outputs.set(key, [...(outputs.get(key) ?? []), record.value!.toString()]);
    }
    return { tallies, outputs, deadLetters: (await this.deadLetters()).length };
  }

  /** A processor in a process of its own, which dies by SIGKILL at a fault point where one is given. */
  spawn(settings: Omit<TallyProcessSettings, 'room'> = {}, faultPoint?: string): ChildProcess {
    const child = spawn(
      process.execPath,
      [
        fileURLToPath(new URL('tally-process.ts', import.meta.url)),
        JSON.stringify({ ...settings, room: this.address }),
      ],
      {
        env: { ...process.env, ...(faultPoint === undefined ? {} : { HERMES_FAULT_POINT: faultPoint }) },
        stdio: ['ignore', 'ignore', 'inherit'],
      },
    );
    this.#children.push(child);
    return child;
  }

  async close(): Promise<void> {
    for (const child of this.#children) if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await Promise.all(this.#processors.map((processor) => processor.close()));
    const { name } = this.address;
    const admin = await this.kafka.admin();
    await admin.deleteTopics([inputOf(name), outputOf(name), deadOf(name)]).catch(() => undefined);
    await this.kafka.close();
    await Promise.all(this.#drivers.map((driver) => driver.close()));
    for (let p = 0; p < this.address.partitions && this.redis instanceof Redis; p++) {
      for await (const keys of this.redis.scanStream({ match: `${partitionTag(JOB, name, p)}*`, count: 1000 })) {
        if ((keys as string[]).length > 0) await this.redis.del(...(keys as string[]));
      }
    }
    this.redis.disconnect();
  }
}

/** Per partition, records whose sequence is above the highest seen of their origin. */
export function withoutRepeats(records: readonly KafkaRecord[]): KafkaRecord[] {
  const highest = new Map<string, number>();
  return records.filter((record) => {
    const origin = `${record.partition} ${record.headers[OUTBOX_HEADERS.origin]?.toString() ?? ''}`;
    const sequence = Number(record.headers[OUTBOX_HEADERS.sequence]?.toString() ?? 0);
    if (sequence <= (highest.get(origin) ?? 0)) return false;
    highest.set(origin, sequence);
    return true;
  });
}

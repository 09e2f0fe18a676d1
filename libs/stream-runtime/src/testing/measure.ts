/**
 * Figures of the processor: `node measure.ts`, with KAFKA_BROKERS and REDIS_URL set. Counter updates per CPU second of
 * processor and Valkey together, and the latency of single records from Kafka to the committed step.
 */
import { codecOf } from './measure-codec.ts';
import { startProcessor } from '../start-processor.ts';
import { TallyRoom, inputOf, tallyOptions } from './tally-room.ts';
import { openTestKafka } from './servers.ts';
import type { PartitionLogic } from '../logic.ts';

const say = (text: string): boolean => process.stdout.write(`${text}\n`);

const COUNT = Number(process.argv[2] ?? 100_000);
const KEYS = Number(process.argv[3] ?? 5_000);
const EMIT = process.argv[4] === 'emit';

const room = await TallyRoom.open(1);
const topic = inputOf(room.address.name);
const producer = await room.kafka.producer();
for (let sent = 0; sent < COUNT; sent += 5_000) {
  await producer.send(
    Array.from({ length: 5_000 }, (_, i) => ({
      topic,
      key: `broker:b-${((sent + i) * 7919) % KEYS}`,
      value: 'x'.repeat(300),
    })),
  );
}
const logic: PartitionLogic<number, unknown> = {
  keysOf: (record) => [record.key!.toString()],
  onRecord: (record, context) => {
    const key = record.key!.toString();
    const n = (context.get(key) ?? 0) + 1;
    context.set(key, n);
    if (EMIT) context.emit({ topic: `${room.address.name}.out`, key, value: record.value! });
  },
};
const cpuOfValkey = async (): Promise<number> => {
  const info = await room.redis.info('cpu');
  const of = (name: string): number => Number(new RegExp(`${name}:([\\d.]+)`).exec(info)![1]);
  return of('used_cpu_sys') + of('used_cpu_user');
};
const kafka = openTestKafka('measure');
const steps: number[] = [];
let records = 0;
const latencies: number[] = [];
let single = false;
const valkeyBefore = await cpuOfValkey();
const cpuBefore = process.cpuUsage();
const startedAt = performance.now();
let done = (): void => undefined;
const finished = new Promise<void>((resolve) => (done = resolve));
const processor = await startProcessor<number, unknown>({
  ...tallyOptions(room.address, kafka),
  logic,
  codec: codecOf(),
  observer: {
    onStep: (info) => {
      records += info.records;
      steps.push(info.durationMs);
      if (records === COUNT) done();
    },
    onCommitted: ({ receivedAtMs, committedAtMs }) => {
      if (single) latencies.push(committedAtMs - receivedAtMs);
    },
  },
});
await finished;
const seconds = (performance.now() - startedAt) / 1_000;
const { user, system } = process.cpuUsage(cpuBefore);
const own = (user + system) / 1e6;
const valkey = (await cpuOfValkey()) - valkeyBefore;
const at = (values: number[], share: number): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length * share)] ?? 0;
say(
  `catch-up: ${COUNT} records in ${seconds.toFixed(2)} s, ${steps.length} steps (p50 ${at(steps, 0.5).toFixed(2)} ms, p99 ${at(steps, 0.99).toFixed(2)} ms), ` +
    `CPU ${own.toFixed(2)} s + Valkey ${valkey.toFixed(2)} s = ${Math.round(COUNT / (own + valkey))} updates per CPU second`,
);
steps.length = 0;
single = true;
for (let i = 0; i < 300; i++) {
  await producer.send([{ topic, key: `broker:b-${i % KEYS}`, value: 'x', timestampMs: Date.now() }]);
  await new Promise((resolve) => setTimeout(resolve, 5));
}
await new Promise((resolve) => setTimeout(resolve, 200));
say(
  `single records: step p50 ${at(steps, 0.5).toFixed(2)} ms p99 ${at(steps, 0.99).toFixed(2)} ms; send to commit p50 ${at(latencies, 0.5)} ms p99 ${at(latencies, 0.99)} ms`,
);
await processor.close();
await room.close();
await kafka.close();
process.exit(0);

/** The child process that reads what comes out, as an application does, and says how long after its instant each row was there. */
import { openKafka } from '@hermes/connectors/kafka/open-kafka';
import { monotonicMs } from '@hermes/stream-runtime/state-mirror';
import { runAsChild } from '../child.ts';
import type { Click, RunningSum } from './clicks.ts';

export interface ClockSetting {
  readonly brokers: string;
  readonly input: string;
  readonly output: string;
  readonly records: number;
  readonly warmUp: number;
  /** Without all rows after so long the run is over. */
  readonly withinMs: number;
  /** Whether rows of `output` are copies of the input's, which count nothing. */
  readonly isCopy: boolean;
}

export interface ClockResult {
  /** From the instant of a record to the row that it gave in this process's hands, after the warm-up. */
  readonly latencyMs: readonly number[];
  /** So for the records themselves: what Kafka and the clients of the bench take for one way. */
  readonly echoMs: readonly number[];
  /** From the record to its row, both in this process's hands: what is between the two topics. */
  readonly insideMs: readonly number[];
}

interface Way {
  readonly topic: string;
  /** By the number of the record. */
  readonly latencyMs: number[];
  read: number;
}

runAsChild<ClockSetting, ClockResult>(async (setting, { mark }) => {
  const kafka = openKafka({ brokers: setting.brokers.split(','), clientId: 'bench-clock' });
  const all = Promise.withResolvers<void>();
  const ways: [Way, Way] = [
    { topic: setting.input, read: 0, latencyMs: [] },
    { topic: setting.output, read: 0, latencyMs: [] },
  ];
  const byKey = new Map<string, { clicks: number; total: number }>();
  const follows = ways.map(({ topic }, way) =>
    kafka.follow({
      topic,
      maxWaitMs: 1_000,
      onFailed: all.reject,
      onRecord: ({ value }) => {
        const atMs = monotonicMs();
        const row = JSON.parse(String(value)) as Click | RunningSum;
        if (row.n >= setting.warmUp) ways[way]!.latencyMs[row.n - setting.warmUp] = atMs - row.due;
        if (way === 1 && !setting.isCopy) check(byKey, row as RunningSum);
        ways[way]!.read++;
        if (ways.every((each) => each.read >= setting.records)) all.resolve();
      },
    }),
  );
  const followers = await Promise.all(follows);
  mark('reading');
  const late = setTimeout(
    () => all.reject(new Error(`${String(ways[1].read)} of ${String(setting.records)} rows came in time`)),
    setting.withinMs,
  );
  await all.promise;
  clearTimeout(late);
  await Promise.all(followers.map((follower) => follower.close()));
  await kafka.close();
  const [{ latencyMs: echoMs }, { latencyMs }] = ways;
  return { latencyMs, echoMs, insideMs: latencyMs.map((each, n) => each - echoMs[n]!) };
});

/** A fast answer that is wrong is worth nothing: rows of one key come in the order of its records, each once. */
function check(byKey: Map<string, { clicks: number; total: number }>, row: RunningSum): void {
  const { clicks, total } = byKey.get(row.k) ?? { clicks: 0, total: 0 };
  if (row.clicks !== clicks + 1 || row.total !== total + row.n)
    throw new Error(
      `record ${String(row.n)} of ${row.k} came out with count ${String(row.clicks)} and sum ${String(row.total)}; ${String(clicks + 1)} and ${String(total + row.n)} are right`,
    );
  byKey.set(row.k, { clicks: row.clicks, total: row.total });
}

import type { KafkaDriver, KafkaProducer } from '@hermes/connectors/kafka/driver';
import { HEARTBEAT_INTERVAL_MS, type Heartbeat } from '@hermes/contracts/metrics';
import { METRICS_TOPIC } from '@hermes/contracts/topics';
import type { Logger } from 'pino';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { LatencyWindow } from './latency-window.ts';

export interface LatencyRecorder {
  record(ms: number): void;
}

/** What beats on `hermes.metrics`: the service's process, a run of a job, a partition that stopped. */
export interface BeatingComponent {
  /** Latency of a hop; above `limitMs` at p99 for three beats the platform raises an alert. */
  latency(hop: string, limitMs: number): LatencyRecorder;
  /** A figure read at each beat: rows, lag, bytes. */
  figure(name: string, read: () => number): void;
  /** Says what is wrong, for people, from the next beat on, which goes out at once; `undefined` takes it back. */
  fault(reason: string | undefined): void;
  /** Says that the silence to come is meant: what the component had firing is resolved. */
  stop(): Promise<void>;
  /** Beats no more and says nothing: whoever comes next speaks for the component, and a fault stands until then. */
  leave(): void;
}

export interface ServiceMetrics extends Pick<BeatingComponent, 'latency' | 'figure'> {
  readonly registry: Registry;
  counter<L extends string>(name: string, help: string, labels?: readonly L[]): Counter<L>;
  gauge<L extends string>(name: string, help: string, labels?: readonly L[]): Gauge<L>;
  histogram<L extends string>(
    name: string,
    help: string,
    labels?: readonly L[],
    bucketsMs?: readonly number[],
  ): Histogram<L>;
  /** Beats from now on; with `fault` the first beat says it already. */
  component(component: string, project?: string, fault?: string): BeatingComponent;
}

const LATENCY_BUCKETS_MS = [1, 2, 3, 5, 8, 12, 20, 30, 50, 80, 120, 200, 300, 500, 1_000, 2_000, 5_000, 10_000, 60_000];

interface Beater extends BeatingComponent {
  beat(state: Heartbeat['state']): { readonly key: string; readonly value: string };
}

interface BeaterSetting {
  readonly service: string;
  readonly component: string;
  readonly project: string | undefined;
  readonly fault: string | undefined;
  readonly histogram: Histogram<'hop'>;
  /** Sends a beat, and ends the beating when it says so. */
  send(from: Beater, state: Heartbeat['state']): Promise<void>;
  leave(from: Beater): void;
}

function beater({ service, component, project, histogram, ...setting }: BeaterSetting): Beater {
  let { fault } = setting;
  const windows: LatencyWindow[] = [];
  const figures = new Map<string, () => number>();
  const self: Beater = {
    latency(hop, limitMs) {
      const window = new LatencyWindow(hop, limitMs);
      windows.push(window);
      return {
        record(ms) {
          window.record(ms);
          histogram.observe({ hop }, ms);
        },
      };
    },
    figure: (name, read) => void figures.set(name, read),
    fault(reason) {
      if (reason === fault) return;
      fault = reason;
      void setting.send(self, 'running');
    },
    stop: () => setting.send(self, 'stopping'),
    leave: () => setting.leave(self),
    beat: (state) => ({
      key: component,
      value: JSON.stringify({
        component,
        service,
        ...(project === undefined ? {} : { project }),
        state,
        ...(fault === undefined || state === 'stopping' ? {} : { fault }),
        at: new Date().toISOString(),
        intervalMs: HEARTBEAT_INTERVAL_MS,
        latencies: windows.map((w) => w.take()),
        figures: Object.fromEntries([...figures].map(([name, read]) => [name, read()])),
      } satisfies Heartbeat),
    }),
  };
  return self;
}

/** Prometheus metrics of the process, and heartbeats of it and of its components every 2 s on `hermes.metrics`. */
export async function startMetrics(options: {
  readonly service: string;
  readonly instance: string;
  readonly kafka: KafkaDriver;
  readonly logger: Logger;
}): Promise<ServiceMetrics & { close(): Promise<void> }> {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const histogram = new Histogram({
    name: 'hermes_hop_latency_ms',
    help: "Milliseconds from the event's receipt to the hop's completion",
    labelNames: ['hop'],
    buckets: LATENCY_BUCKETS_MS,
    registers: [registry],
  });
  const producer: KafkaProducer = await options.kafka.producer({ idempotent: false });
  const beaters = new Set<Beater>();
  let waiting: { readonly key: string; readonly value: string }[] = [];
  let sending: Promise<void> | undefined;

  const sendWaiting = async (): Promise<void> => {
    while (waiting.length > 0) {
      const records = waiting;
      waiting = [];
      try {
        await producer.send(records.map((record) => ({ topic: METRICS_TOPIC, partition: 0, ...record })));
      } catch (error) {
        options.logger.warn({ err: error }, 'a heartbeat was not sent');
      }
    }
    sending = undefined;
  };
  // One request at a time: a beat that overtook the word `stopping` would bring back to life what has ended.
  const send = (beats: readonly (typeof waiting)[number][]): Promise<void> => {
    if (beats.length === 0) return Promise.resolve();
    waiting.push(...beats);
    return (sending ??= sendWaiting());
  };
  const open = (component: string, project?: string, fault?: string): Beater => {
    const made = beater({
      service: options.service,
      component,
      project,
      fault,
      histogram,
      async send(from, state) {
        // Who has left or stopped already has said the last word.
        if (!beaters.has(from)) return;
        if (state === 'stopping') beaters.delete(from);
        await send([from.beat(state)]);
      },
      leave: (from) => void beaters.delete(from),
    });
    beaters.add(made);
    void send([made.beat('running')]);
    return made;
  };

  const own = open(`service/${options.service}/${options.instance}`);
  own.figure('memoryBytes', () => process.memoryUsage.rss());
  // A beat that waits for Kafka must not pile up others behind it.
  const timer = setInterval(() => {
    if (sending === undefined) void send([...beaters].map((b) => b.beat('running')));
  }, HEARTBEAT_INTERVAL_MS);

  return {
    registry,
    latency: (hop, limitMs) => own.latency(hop, limitMs),
    figure: (name, read) => own.figure(name, read),
    counter: (name, help, labels = []) =>
      new Counter({ name: `hermes_${name}`, help, labelNames: [...labels], registers: [registry] }),
    gauge: (name, help, labels = []) =>
      new Gauge({ name: `hermes_${name}`, help, labelNames: [...labels], registers: [registry] }),
    histogram: (name, help, labels = [], bucketsMs = LATENCY_BUCKETS_MS) =>
      new Histogram({
        name: `hermes_${name}`,
        help,
        labelNames: [...labels],
        buckets: [...bucketsMs],
        registers: [registry],
      }),
    component: open,
    async close() {
      clearInterval(timer);
      await send([...beaters].map((b) => b.beat('stopping')));
      await producer.close();
    },
  };
}

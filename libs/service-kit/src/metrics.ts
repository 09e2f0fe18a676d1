import type { KafkaDriver, KafkaProducer } from '@hermes/connectors/kafka/driver';
import { HEARTBEAT_INTERVAL_MS, type Heartbeat } from '@hermes/contracts/metrics';
import { METRICS_TOPIC } from '@hermes/contracts/topics';
import type { Logger } from 'pino';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { LatencyWindow } from './latency-window.ts';

export interface LatencyRecorder {
  record(ms: number): void;
}

/** What beats on `hermes.metrics`: the service's process, or a run of a job. */
export interface BeatingComponent {
  /** Latency of a hop; above `limitMs` at p99 for three beats the platform raises an alert. */
  latency(hop: string, limitMs: number): LatencyRecorder;
  /** A figure read at each beat: rows, lag, bytes. */
  figure(name: string, read: () => number): void;
  /** Says that the silence to come is meant. */
  stop(): Promise<void>;
}

export interface ServiceMetrics extends Omit<BeatingComponent, 'stop'> {
  readonly registry: Registry;
  counter<L extends string>(name: string, help: string, labels?: readonly L[]): Counter<L>;
  gauge<L extends string>(name: string, help: string, labels?: readonly L[]): Gauge<L>;
  histogram<L extends string>(
    name: string,
    help: string,
    labels?: readonly L[],
    bucketsMs?: readonly number[],
  ): Histogram<L>;
  component(component: string, project?: string): BeatingComponent;
}

const LATENCY_BUCKETS_MS = [1, 2, 3, 5, 8, 12, 20, 30, 50, 80, 120, 200, 300, 500, 1_000, 2_000, 5_000, 10_000, 60_000];

interface Beater extends BeatingComponent {
  beat(state: Heartbeat['state']): { readonly key: string; readonly value: string };
}

function beater(
  service: string,
  component: string,
  project: string | undefined,
  histogram: Histogram<'hop'>,
  send: (b: Beater) => Promise<void>,
): Beater {
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
    stop: () => send(self),
    beat: (state) => ({
      key: component,
      value: JSON.stringify({
        component,
        service,
        ...(project === undefined ? {} : { project }),
        state,
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
  let sending = false;

  const send = async (records: readonly { readonly key: string; readonly value: string }[]): Promise<void> => {
    try {
      await producer.send(records.map((record) => ({ topic: METRICS_TOPIC, partition: 0, ...record })));
    } catch (error) {
      options.logger.warn({ err: error }, 'a heartbeat was not sent');
    }
  };
  const open = (component: string, project?: string): Beater => {
    const made = beater(options.service, component, project, histogram, async (b) => {
      beaters.delete(b);
      await send([b.beat('stopping')]);
    });
    beaters.add(made);
    void send([made.beat('running')]);
    return made;
  };

  const own = open(`service/${options.service}/${options.instance}`);
  own.figure('memoryBytes', () => process.memoryUsage.rss());
  // A beat that waits for Kafka must not pile up others behind it.
  const timer = setInterval(() => {
    if (sending) return;
    sending = true;
    void send([...beaters].map((b) => b.beat('running'))).finally(() => (sending = false));
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

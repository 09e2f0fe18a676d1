import { z } from 'zod';

/** How often every service beats on `hermes.metrics`. */
export const HEARTBEAT_INTERVAL_MS = 2_000;

/** Latency of one hop since the last heartbeat, measured from the event's `receivedat` unless the hop says otherwise. */
export const HopLatency = z.object({
  hop: z.string(),
  count: z.number().int(),
  p50Ms: z.number(),
  p99Ms: z.number(),
  /** Above this p99 the platform raises an alert. */
  limitMs: z.number(),
});
export type HopLatency = z.infer<typeof HopLatency>;

/**
 * One record of `hermes.metrics`; its key is `component`. A component is a service's process (`service/ingest/<instance>`)
 * or a run of a job (`job/<project>/<job id>`). `state: stopping` says that the silence to come is meant. A partition that stopped
 * (`partition/<job>/<project>/<partition>`) is a component for as long as it has a fault.
 */
export const Heartbeat = z.object({
  component: z.string(),
  service: z.string(),
  project: z.string().optional(),
  state: z.enum(['running', 'stopping']),
  /** What is wrong, for people: whoever beats is alive, but does not do its work. Without it all is well. */
  fault: z.string().optional(),
  at: z.iso.datetime(),
  intervalMs: z.number(),
  latencies: z.array(HopLatency),
  /** Free figures: rows read and written, lag, memory in bytes. */
  figures: z.record(z.string(), z.number()),
});
export type Heartbeat = z.infer<typeof Heartbeat>;

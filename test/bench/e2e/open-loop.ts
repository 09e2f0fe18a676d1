import { Pool } from 'undici';
import { preciseNowMs } from '../../scenario/webhook-receiver.ts';

export interface OpenLoopOptions {
  readonly url: string;
  readonly writeKey: string;
  readonly perSecond: number;
  readonly durationMs: number;
  /** The body of the i-th request. */
  readonly event: (i: number) => unknown;
  /** Called when the i-th request begins. */
  readonly onStart: (i: number, atMs: number) => void;
}

export interface OpenLoopResult {
  readonly sent: number;
  /** Requests that were not answered with 202, by what happened instead. */
  readonly refused: ReadonlyMap<string, number>;
  /** How late each request began, against the plan. */
  readonly latenessMs: readonly number[];
  readonly answerMs: readonly number[];
}

/**
 * Sends single-event requests at a fixed rate whatever the answers do (open loop): a slow answer delays no later request, so a
 * stall shows in the latencies of all requests that were due in it.
 */
export async function openLoop(options: OpenLoopOptions): Promise<OpenLoopResult> {
  const pool = new Pool(options.url, { connections: 64, pipelining: 1, keepAliveTimeout: 60_000 });
  const headers = { authorization: `Bearer ${options.writeKey}`, 'content-type': 'application/cloudevents+json' };
  const refused = new Map<string, number>();
  const latenessMs: number[] = [];
  const answerMs: number[] = [];
  const underWay = new Set<Promise<void>>();
  const startMs = preciseNowMs();
  const total = Math.floor((options.durationMs * options.perSecond) / 1000);

  const post = async (i: number): Promise<void> => {
    const body = JSON.stringify(options.event(i));
    const beganMs = preciseNowMs();
    options.onStart(i, beganMs);
    try {
      const answer = await pool.request({ path: '/v1/events', method: 'POST', headers, body });
      await answer.body.dump();
      answerMs.push(preciseNowMs() - beganMs);
      if (answer.statusCode !== 202) count(refused, `HTTP ${String(answer.statusCode)}`);
    } catch (error) {
      count(refused, error instanceof Error ? error.message : String(error));
    }
  };

  for (let i = 0; i < total;) {
    const dueMs = startMs + (i * 1000) / options.perSecond;
    const waitMs = dueMs - preciseNowMs();
    if (waitMs > 0) {
      await new Promise((resolve) => setTimeout(resolve, waitMs));
      continue;
    }
    latenessMs.push(-waitMs);
    const request = post(i++).finally(() => underWay.delete(request));
    underWay.add(request);
  }
  await Promise.all(underWay);
  await pool.close();
  return { sent: total, refused, latenessMs, answerMs };
}

function count(into: Map<string, number>, what: string): void {
  into.set(what, (into.get(what) ?? 0) + 1);
}

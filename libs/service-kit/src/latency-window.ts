import type { HopLatency } from '@hermes/contracts/metrics';

const MAX_SAMPLES = 4_096;

/** Latencies of one hop between two heartbeats: exact up to 4,096 samples, then a uniform thinning (every 2nd, 4th, ...). */
export class LatencyWindow {
  readonly hop: string;
  readonly limitMs: number;
  private samples: number[] = [];
  private count = 0;
  private stride = 1;

  constructor(hop: string, limitMs: number) {
    this.hop = hop;
    this.limitMs = limitMs;
  }

  record(ms: number): void {
    if (this.count++ % this.stride !== 0) return;
    this.samples.push(ms);
    if (this.samples.length < MAX_SAMPLES) return;
    this.samples = this.samples.filter((_, at) => at % 2 === 0);
    this.stride *= 2;
  }

  /** What was recorded since the last call. */
  take(): HopLatency {
    const sorted = this.samples.sort((a, b) => a - b);
    const at = (q: number): number => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0;
    const answer = { hop: this.hop, count: this.count, p50Ms: at(0.5), p99Ms: at(0.99), limitMs: this.limitMs };
    this.samples = [];
    this.count = 0;
    this.stride = 1;
    return answer;
  }
}

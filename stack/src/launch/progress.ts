/** Prints what happens, each line with the seconds since the start. */
export class Progress {
  private readonly startedAtMs: number;

  constructor(startedAtMs: number) {
    this.startedAtMs = startedAtMs;
  }

  seconds(): string {
    return ((Date.now() - this.startedAtMs) / 1000).toFixed(1);
  }

  say(text: string): void {
    process.stdout.write(`[${this.seconds().padStart(6)} s] ${text}\n`);
  }

  /** Runs a step and says how long it took. */
  async step<T>(name: string, work: () => Promise<T>): Promise<T> {
    const beganMs = performance.now();
    const result = await work();
    this.say(`${name} (${((performance.now() - beganMs) / 1000).toFixed(1)} s)`);
    return result;
  }
}

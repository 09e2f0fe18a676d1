/** What a bench answers; printed as one JSON object on the last line. */
export interface BenchResult {
  readonly bench: string;
  readonly [figure: string]: string | number;
}

/** One measurement. It prints its own table and cleans up after itself. */
export interface Bench {
  /** One line for the list of benches. */
  readonly about: string;
  run(args: readonly string[]): Promise<BenchResult>;
}

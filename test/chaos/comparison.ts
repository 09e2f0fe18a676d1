/** Entries that were read: a key that came more than once is listed as often, so that a repeat is a difference. */
export type Entries = readonly (readonly [key: string, value: string])[];

export interface Comparison {
  readonly what: string;
  readonly expected: number;
  readonly actual: number;
  readonly missing: number;
  readonly unexpected: number;
  readonly repeated: number;
  readonly different: number;
  /** A few differences, for people. */
  readonly examples: readonly string[];
}

const EXAMPLES = 3;

/** Compares what is there with what must be, entry by entry. */
export function compare(what: string, expected: ReadonlyMap<string, string>, actual: Entries): Comparison {
  const seen = new Set<string>();
  const examples: string[] = [];
  let [unexpected, repeated, different] = [0, 0, 0];
  const note = (text: string): void => void (examples.length < EXAMPLES && examples.push(`${what}: ${text}`));
  for (const [key, value] of actual) {
    const wanted = expected.get(key);
    if (seen.has(key)) {
      repeated++;
      note(`${key} is there more than once`);
    } else if (wanted === undefined) {
      unexpected++;
      note(`${key} must not be there (${value})`);
    } else if (wanted !== value) {
      different++;
      note(`${key} is ${value}, must be ${wanted}`);
    }
    seen.add(key);
  }
  const missing = [...expected.keys()].filter((key) => !seen.has(key));
  for (const key of missing.slice(0, EXAMPLES)) note(`${key} is missing (${expected.get(key) ?? ''})`);
  return {
    what,
    expected: expected.size,
    actual: actual.length,
    missing: missing.length,
    unexpected,
    repeated,
    different,
    examples,
  };
}

export const isEqual = (comparison: Comparison): boolean =>
  comparison.missing + comparison.unexpected + comparison.repeated + comparison.different === 0;

import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** A case as its file says it; docs/conformance.md describes the form. */
export interface ConformanceCase {
  /** The file without its ending. */
  readonly name: string;
  readonly file: string;
  /** What `-- covers:` names. */
  readonly covers: readonly string[];
  /** `-- key:` the columns by which a row of the result is updated, where updates come without the row before. */
  readonly key: readonly string[] | undefined;
  /** `-- digits:` significant digits of FLOAT and DOUBLE that must agree; undefined: all. */
  readonly digits: number | undefined;
  /** `-- unordered:` columns that list what has no order, the entries of a map for one; columns of a MAP or MULTISET need not be named. */
  readonly unordered: readonly string[];
  /** `-- expect: error`: the text must be refused, or its run must fail. */
  readonly expectsError: boolean;
  /** `-- compare: none`: that it runs is all that is compared. */
  readonly comparesRows: boolean;
  /** By table, the lines that it holds, in their order. */
  readonly inputs: ReadonlyMap<string, readonly string[]>;
  /** The whole file: what is not SQL in it is comments. */
  readonly script: string;
}

const KNOWN = new Set(['covers', 'key', 'digits', 'unordered', 'expect', 'compare']);

/** @throws Error naming file and line when a header is not understood. */
export function readCase(file: string): ConformanceCase {
  return parseCase(file, readFileSync(file, 'utf8'), (path) => readFileSync(join(dirname(file), path), 'utf8'));
}

/** @param readInput - the text of a file named by `-- input TABLE from FILE`, relative to the case */
export function parseCase(file: string, script: string, readInput: (path: string) => string): ConformanceCase {
  const headers = new Map<string, string>();
  const inputs = new Map<string, string[]>();
  let table: string[] | undefined;
  for (const [index, line] of script.split(/\r?\n/).entries()) {
    const place = `${file}:${index + 1}`;
    const row = /^--(?:\s{2,}|\t\s*)(\S.*)$/.exec(line);
    if (table !== undefined && row !== null) {
      table.push(row[1]!.trimEnd());
      continue;
    }
    table = undefined;
    const input = /^-- input (\S+?)(?::|\s+from\s+(\S+))\s*$/.exec(line);
    if (input !== null) {
      const [, name, path] = input;
      if (inputs.has(name!)) throw new Error(`${place}: the input ${name} is given twice`);
      const lines =
        path === undefined
          ? []
          : readInput(path)
              .split(/\r?\n/)
              .filter((each) => each !== '');
      inputs.set(name!, lines);
      table = lines;
      continue;
    }
    const header = /^-- ([a-z]+):\s*(.*)$/.exec(line);
    if (header === null) continue;
    const [, word, value] = header;
    if (!KNOWN.has(word!)) {
      throw new Error(`${place}: no case has "${word}:"; there are ${[...KNOWN].join(', ')} and input`);
    }
    headers.set(word!, value!.trim());
  }
  const oneOf = (word: string, values: readonly string[]): string | undefined => {
    const value = headers.get(word);
    if (value !== undefined && !values.includes(value)) {
      throw new Error(`${file}: "${word}: ${value}" is not known; it may be ${values.join(' or ')}`);
    }
    return value;
  };
  const list = (word: string): string[] | undefined =>
    headers
      .get(word)
      ?.split(',')
      .map((each) => each.trim())
      .filter((each) => each !== '');
  const digits = headers.get('digits');
  return {
    name: basename(file, '.sql'),
    file,
    covers: list('covers') ?? [],
    key: list('key'),
    digits: digits === undefined ? undefined : Number(digits),
    unordered: list('unordered') ?? [],
    expectsError: oneOf('expect', ['error']) !== undefined,
    comparesRows: oneOf('compare', ['none']) === undefined,
    inputs,
    script,
  };
}

import type { Bilingual } from '@hermes/contracts/event-type';
import { JSONPath } from 'jsonpath-plus';
import { PATH_SAYS } from './rule-words.ts';

/** Reads what a path points at; `undefined` when nothing is there. Never throws. */
export type PathReader = (value: unknown) => unknown;

/** A longer path is refused: nobody writes one, and the parser's cost grows with it. */
export const MAX_PATH_LENGTH = 256;

const STEP =
  /\.([\p{L}_][\p{L}\p{N}_-]*)|\['([\p{L}_][\p{L}\p{N}_ -]*)'\]|\["([\p{L}_][\p{L}\p{N}_ -]*)"\]|\[(\d+)\]/uy;

/** The keys of a plain path (`$.data.items[0]['total price']`), or undefined when it needs the whole of JSONPath. */
export function plainSteps(path: string): readonly string[] | undefined {
  if (!path.startsWith('$')) return undefined;
  const steps: string[] = [];
  STEP.lastIndex = 1;
  while (STEP.lastIndex < path.length) {
    const match = STEP.exec(path);
    if (match === null) return undefined;
    steps.push((match[1] ?? match[2] ?? match[3] ?? match[4])!);
  }
  return steps;
}

/** Stands for all elements of a list among the steps of a path. */
export const MANY = '*';

/** The steps of a path that is plain but for `[*]`, which leads to a list of all that is there; undefined for any other. */
export function stepsOf(path: string): readonly string[] | undefined {
  const steps: string[] = [];
  for (const [i, part] of path.split('[*]').entries()) {
    const plain = plainSteps(i === 0 ? part : `$${part}`);
    if (plain === undefined) return undefined;
    if (i > 0) steps.push(MANY);
    steps.push(...plain);
  }
  return steps;
}

/** A path with these steps, as a person writes it. */
export const pathOf = (steps: readonly string[]): string =>
  `$${steps
    .map((step) => {
      if (step === MANY || /^\d+$/u.test(step)) return `[${step}]`;
      return /^[\p{L}_][\p{L}\p{N}_-]*$/u.test(step) ? `.${step}` : `['${step}']`;
    })
    .join('')}`;

/** The same for all ways to write a path: `$['a']` is `$.a`, and no path the whole. */
export function canonicalPath(path: string | undefined): string {
  const steps = plainSteps(path === undefined || path === '' ? '$' : path);
  return steps === undefined ? path! : pathOf(steps);
}

/** Follows one key as jsonpath-plus does: own properties only (so `__proto__` leads nowhere), of texts and lists too. */
function follow(value: unknown, key: string): unknown {
  if (value === null || value === undefined || value === '' || value === 0 || value === false) return undefined;
  return Object.hasOwn(value, key) ? (value as Readonly<Record<string, unknown>>)[key] : undefined;
}

/** Asks jsonpath-plus, with expressions switched off. @throws Error for a path that is none, RangeError where `..` meets a value nested some thousand deep */
const ask = (path: string, value: unknown): unknown =>
  JSONPath({ path, json: value as object, wrap: false, eval: false }) as unknown;

/** What jsonpath-plus cannot read is not there: one such event of the past must not cost all rules what they say of it. */
function askSafely(path: string, value: unknown): unknown {
  try {
    return ask(path, value);
  } catch {
    return undefined;
  }
}

/**
 * Compiles a JSONPath. Plain paths become a walk over their keys; the rest (wildcards, slices, unions, recursive descent) goes
 * to jsonpath-plus, and answers with one value or a list, as in json-rules-engine.
 */
export function compilePath(path: string): PathReader {
  const steps = plainSteps(path);
  if (steps === undefined) return (value) => askSafely(path, value);
  const [first, second, third] = steps;
  if (first === undefined) return (value) => value;
  if (second === undefined) return (value) => follow(value, first);
  if (third === undefined) return (value) => follow(follow(value, first), second);
  return (value) => {
    let at = value;
    for (const step of steps) {
      at = follow(at, step);
      if (at === undefined) return undefined;
    }
    return at;
  };
}

/** Why a path is refused when a rule is saved; `undefined` when it is good. */
export function pathProblem(path: string): Bilingual | undefined {
  if (path.length > MAX_PATH_LENGTH) return PATH_SAYS.tooLong(MAX_PATH_LENGTH);
  if (!path.startsWith('$')) return PATH_SAYS.noDollar;
  if (plainSteps(path) !== undefined) return undefined;
  if (path.includes('(')) return PATH_SAYS.scripts;
  if (/[\^~`@]/u.test(path)) return PATH_SAYS.operators;
  if (path.split('..').length > 2) return PATH_SAYS.descents;
  try {
    ask(path, { probe: [{ probe: 1 }] });
    return undefined;
  } catch (error) {
    return PATH_SAYS.unreadable(error instanceof Error ? error.message : String(error));
  }
}

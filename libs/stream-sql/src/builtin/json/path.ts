import { isJsonArray, isJsonObject, JsonNumber, type Json } from './value.ts';
import { parseFilter, type Filter } from './filter.ts';

/** One step of a path of JSON functions (`$.a[0]`, Jayway's dialect, which Flink uses). */
export type Step =
  | { readonly kind: 'names'; readonly names: readonly string[] }
  | { readonly kind: 'positions'; readonly positions: readonly number[] }
  | { readonly kind: 'slice'; readonly from: number | undefined; readonly to: number | undefined }
  | { readonly kind: 'all' }
  /** `..`: the value and everything below it. */
  | { readonly kind: 'deep' }
  | { readonly kind: 'filter'; readonly filter: Filter }
  | { readonly kind: 'function'; readonly name: string };

export interface JsonPath {
  readonly mode: 'strict' | 'lax';
  readonly steps: readonly Step[];
  /** It may select several values: the answer is an array of them. */
  readonly isIndefinite: boolean;
}

const remembered = new Map<string, JsonPath | undefined>();

/** `undefined` for a path that cannot be read. Without `lax` or `strict` in front it is strict, as in Calcite. */
export function jsonPath(text: string): JsonPath | undefined {
  if (!remembered.has(text)) {
    if (remembered.size > 1000) remembered.clear();
    const match = /^\s*(strict|lax)\s+(.+)$/is.exec(text);
    const steps = parseSteps((match?.[2] ?? text).trim());
    const mode = match?.[1]?.toLowerCase() === 'lax' ? 'lax' : 'strict';
    remembered.set(
      text,
      steps === undefined
        ? undefined
        : {
            mode,
            steps,
            isIndefinite:
              steps.some(({ kind }) => ['slice', 'all', 'deep', 'filter'].includes(kind)) ||
              steps.some((step) => step.kind === 'positions' && step.positions.length > 1),
          },
    );
  }
  return remembered.get(text);
}

const FUNCTIONS = new Set(['length', 'size', 'min', 'max', 'avg', 'sum', 'stddev', 'keys', 'first', 'last']);

/** Steps of a path that begins with `$` (or `@` within a filter). */
export function parseSteps(text: string): Step[] | undefined {
  if (!/^[$@]/.test(text)) return undefined;
  const steps: Step[] = [];
  let at = 1;
  while (at < text.length) {
    if (text[at] === '.' && text[at + 1] === '.') {
      steps.push({ kind: 'deep' });
      at += text[at + 2] === '[' ? 2 : 1;
      if (at >= text.length) return undefined;
      continue;
    }
    const rest = text.slice(at);
    const named = /^\.(\*|[^.[\]()\s'"]+)(\(\))?/.exec(rest);
    if (named !== null) {
      const [all, name, call] = named;
      if (call !== undefined && !FUNCTIONS.has(name!)) return undefined;
      steps.push(
        call !== undefined
          ? { kind: 'function', name: name! }
          : name === '*'
            ? { kind: 'all' }
            : { kind: 'names', names: [name!] },
      );
      at += all.length;
      continue;
    }
    const open = rest.startsWith('.[') ? 1 : 0;
    if (rest[open] !== '[') return undefined;
    const end = closing(text, at + open);
    if (end === undefined) return undefined;
    const step = bracketStep(text.slice(at + open + 1, end).trim());
    if (step === undefined) return undefined;
    steps.push(step);
    at = end + 1;
  }
  return steps;
}

/** The bracket that closes the one at a place, quotes left alone. */
function closing(text: string, open: number): number | undefined {
  let depth = 0;
  let quote = '';
  for (let at = open; at < text.length; at++) {
    const char = text[at]!;
    if (quote !== '') {
      if (char === '\\') at++;
      else if (char === quote) quote = '';
    } else if (char === "'" || char === '"') quote = char;
    else if (char === '[') depth++;
    else if (char === ']' && --depth === 0) return at;
  }
  return undefined;
}

function bracketStep(inside: string): Step | undefined {
  if (inside === '*') return { kind: 'all' };
  if (inside.startsWith('?')) {
    const filter = parseFilter(inside.slice(1).trim());
    return filter === undefined ? undefined : { kind: 'filter', filter };
  }
  if (/^-?\d+(\s*,\s*-?\d+)*$/.test(inside)) return { kind: 'positions', positions: inside.split(',').map(Number) };
  const slice = /^(-?\d+)?\s*:\s*(-?\d+)?$/.exec(inside);
  if (slice !== null) {
    const bound = (text: string | undefined): number | undefined => (text === undefined ? undefined : Number(text));
    return { kind: 'slice', from: bound(slice[1]), to: bound(slice[2]) };
  }
  const names = [...inside.matchAll(/\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")\s*(,|$)/g)];
  if (names.length === 0 || names.map(([all]) => all).join('') !== inside) return undefined;
  return {
    kind: 'names',
    names: names.map(([, single, double]) => (single ?? double ?? '').replaceAll(/\\(.)/g, '$1')),
  };
}

/** What a path selects: one value, or an array of all when it is indefinite; `undefined` when a definite path selects nothing. */
export function select(root: Json, steps: readonly Step[], isIndefinite: boolean, isStrict = false): Json | undefined {
  let found: Json[] = [root];
  let isDefinite = true;
  for (const step of steps) {
    isDefinite &&= step.kind === 'names' || step.kind === 'positions';
    if (step.kind === 'function') {
      const value = apply(step.name, isIndefinite && !isJsonArray(found[0]) ? found : found[0]);
      return value;
    }
    found = found.flatMap((value) => take(value, step));
    // What stands before the first step that may select several has to be there for a strict path.
    if (isDefinite && isStrict && found.length === 0) return undefined;
  }
  return isIndefinite ? found : found[0];
}

function take(value: Json, step: Step): Json[] {
  switch (step.kind) {
    case 'names': {
      if (!isJsonObject(value)) return [];
      if (step.names.length > 1)
        return [new Map(step.names.flatMap((name) => (value.has(name) ? [[name, value.get(name)!] as const] : [])))];
      const member = value.get(step.names[0]!);
      return member === undefined ? [] : [member];
    }
    case 'positions':
      if (!isJsonArray(value)) return [];
      return step.positions.flatMap((at) => {
        const item = value[at < 0 ? value.length + at : at];
        return item === undefined ? [] : [item];
      });
    case 'slice':
      return isJsonArray(value) ? [...value.slice(step.from ?? 0, step.to)] : [];
    case 'all':
      return children(value);
    case 'deep':
      return below(value);
    case 'filter':
      return (isJsonArray(value) ? [...value] : isJsonObject(value) ? [value] : []).filter((item) => step.filter(item));
    case 'function':
      return [];
  }
}

const children = (value: Json): Json[] =>
  isJsonArray(value) ? [...value] : isJsonObject(value) ? [...value.values()] : [];
const below = (value: Json): Json[] => [value, ...children(value).flatMap(below)];

function apply(name: string, value: Json | undefined): Json | undefined {
  if (value === undefined) return undefined;
  if (name === 'length' || name === 'size') {
    const length = isJsonArray(value) ? value.length : isJsonObject(value) ? value.size : undefined;
    return length === undefined ? undefined : new JsonNumber(String(length));
  }
  if (name === 'keys') return isJsonObject(value) ? [...value.keys()] : undefined;
  if (!isJsonArray(value)) return undefined;
  if (name === 'first' || name === 'last') return value.at(name === 'first' ? 0 : -1);
  const numbers = value.flatMap((item) => (item instanceof JsonNumber ? [Number(item.text)] : []));
  if (numbers.length === 0) return undefined;
  const sum = numbers.reduce((total, number) => total + number, 0);
  const mean = sum / numbers.length;
  const answers: Readonly<Record<string, number>> = {
    min: Math.min(...numbers),
    max: Math.max(...numbers),
    sum,
    avg: mean,
    stddev: Math.sqrt(numbers.reduce((total, number) => total + (number - mean) ** 2, 0) / numbers.length),
  };
  const answer = answers[name]!;
  return new JsonNumber(Number.isInteger(answer) ? `${answer}.0` : String(answer));
}

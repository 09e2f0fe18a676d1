import { FUNCTION_SENTENCES } from './function-sentences.ts';
import { aggregateFunctions, scalarFunctions } from './registry.ts';

/** A function or an operator as somebody who writes a text meets it. */
export interface CataloguedFunction {
  /** As it is written. */
  readonly name: string;
  /** `table`: it stands in FROM. `operator`: it is written between or behind its values. */
  readonly kind: 'scalar' | 'aggregate' | 'table' | 'operator';
  readonly family: string;
  readonly signature: string;
  /** '' where there is none. */
  readonly about: string;
}

/** What is no entry of the registry: constructs of the language, and the functions of FROM. */
const CONSTRUCTS: readonly Omit<CataloguedFunction, 'about'>[] = [
  { name: 'BETWEEN', kind: 'operator', family: 'comparison', signature: 'value [NOT] BETWEEN value AND value' },
  { name: 'EXISTS', kind: 'operator', family: 'comparison', signature: '[NOT] EXISTS (query)' },
  {
    name: 'CASE',
    kind: 'operator',
    family: 'conditional',
    signature: 'CASE WHEN condition THEN value ... [ELSE value] END',
  },
  { name: 'CAST', kind: 'scalar', family: 'conversion', signature: 'CAST(value AS type)' },
  { name: 'TRY_CAST', kind: 'scalar', family: 'conversion', signature: 'TRY_CAST(value AS type)' },
  { name: 'TUMBLE', kind: 'table', family: 'window', signature: 'TUMBLE(TABLE t, DESCRIPTOR(time), size)' },
  { name: 'HOP', kind: 'table', family: 'window', signature: 'HOP(TABLE t, DESCRIPTOR(time), slide, size)' },
  { name: 'CUMULATE', kind: 'table', family: 'window', signature: 'CUMULATE(TABLE t, DESCRIPTOR(time), step, size)' },
  {
    name: 'SESSION',
    kind: 'table',
    family: 'window',
    signature: 'SESSION(TABLE t PARTITION BY key, DESCRIPTOR(time), gap)',
  },
  { name: 'UNNEST', kind: 'table', family: 'collection', signature: 'UNNEST(collection) AS t (column, ...)' },
];

/** Entries that are another's variant: the same is written. */
const VARIANTS: ReadonlySet<string> = new Set(['NEGATE']);

/** All functions and operators, from the registry, each name once; in the order of Flink's chapters. */
export function functionCatalogue(): readonly CataloguedFunction[] {
  const found = new Map<string, CataloguedFunction>();
  const add = (one: Omit<CataloguedFunction, 'about'>): void => {
    if (!found.has(one.name)) found.set(one.name, { ...one, about: FUNCTION_SENTENCES[one.name] ?? '' });
  };
  for (const { name, syntax, family } of scalarFunctions()) {
    if (VARIANTS.has(name)) continue;
    const called = calledName(syntax);
    add({ name: called ?? name, kind: called === undefined ? 'operator' : 'scalar', family, signature: syntax });
  }
  for (const { name, syntax } of aggregateFunctions())
    add({ name: calledName(syntax) ?? name, kind: 'aggregate', family: 'aggregate', signature: syntax });
  for (const construct of CONSTRUCTS) add(construct);
  return [...found.values()];
}

/** The name by which a syntax is called: `ABS(number)`, `ARRAY[value, ...]`, `CURRENT_DATE`; undefined of an operator. */
const calledName = (syntax: string): string | undefined => /^([A-Z][A-Z0-9_]*)(?:[([]|$)/.exec(syntax)?.[1];

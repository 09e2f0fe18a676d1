import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FLINK_FUNCTIONS } from './flink-functions.ts';
import { functionTable, isThere } from './function-table.ts';
import { aggregateFunctions, scalarFunctions } from './registry.ts';

const file = resolve(import.meta.dirname, '../../../../docs/sql-functions.md');
const listed = FLINK_FUNCTIONS.flatMap(({ functions }) => functions);
/** What the planner makes of Flink's syntax and no one writes. */
const INTERNAL = new Set(['SUM0', '$REPEAT']);

describe('docs/sql-functions.md', () => {
  test('is what the registry says; node tools/print-sql-functions.ts writes it', () => {
    expect(readFileSync(file, 'utf8')).toBe(functionTable());
  });

  test('has every function of the registry', () => {
    const names = new Set(listed.flatMap((one) => one.names));
    const unlisted = [...scalarFunctions(), ...aggregateFunctions()]
      .map(({ name }) => name)
      .filter((name) => !names.has(name) && !INTERNAL.has(name));
    expect(unlisted).toEqual([]);
  });

  test('a function that is said to be there is in the registry, and one that is not says what to do', () => {
    expect(listed.filter((one) => one.names.length > 0 && !isThere(one)).map(({ written }) => written)).toEqual([]);
    expect(listed.filter((one) => !isThere(one) && one.instead === undefined).map(({ written }) => written)).toEqual(
      [],
    );
  });
});

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CONNECTORS } from './catalogue.ts';
import { tablesPage } from './tables-page.ts';

const page = join(import.meta.dirname, '../../../../../docs/sql-tables.md');

test('docs/sql-tables.md is what the descriptions say (PLANNER_GOLDEN=write writes it)', () => {
  if (process.env['PLANNER_GOLDEN'] === 'write') writeFileSync(page, tablesPage());
  expect(readFileSync(page, 'utf8')).toBe(tablesPage());
});

test('no connector describes an option twice, and defaults are values that it takes', () => {
  for (const { name, options, formats } of CONNECTORS) {
    const all = [...options, ...formats.flatMap((format) => format.options)];
    const keys = options.map(({ key }) => key);
    expect(new Set(keys).size, name).toBe(keys.length);
    for (const { key, value, default: fallback } of all)
      if (fallback !== undefined && value.kind === 'one-of') expect(value.values, `${name} ${key}`).toContain(fallback);
  }
});

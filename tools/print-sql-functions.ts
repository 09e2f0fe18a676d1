/**
 * Writes docs/sql-functions.md from the registry of stream-sql: `node tools/print-sql-functions.ts`. A test of the library fails when the file
 * is behind.
 */
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { functionTable } from '@hermes/stream-sql/builtin/function-table';

const file = resolve(import.meta.dirname, '../docs/sql-functions.md');
writeFileSync(file, functionTable());
console.log(`wrote ${file}`);

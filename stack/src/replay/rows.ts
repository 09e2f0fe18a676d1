import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { parse } from 'csv-parse';
import type { Row } from './row-event.ts';

/** A file of rows that is read as a stream, however large it is. */
export interface RowFile {
  /** Without folder and without `.gz`: packing a file changes no row's id. */
  readonly name: string;
  rows(): AsyncIterable<Row>;
  /** Part of the file that has been read, 0 to 1. */
  progress(): number;
}

/** Opens a `.csv`, `.csv.gz`, `.ndjson` or `.ndjson.gz` file. @throws Error when it is another kind, or missing */
export async function openRowFile(path: string): Promise<RowFile> {
  const name = basename(path).replace(/\.gz$/, '');
  const kind = /\.(csv|ndjson|jsonl)$/.exec(name)?.[1];
  if (kind === undefined) throw new Error(`${basename(path)} is neither .csv nor .ndjson (nor one of them with .gz).`);
  const { size } = await stat(path);
  const file = createReadStream(path);
  const text = path.endsWith('.gz') ? unzipped(file) : file;
  return {
    name,
    rows: () => (kind === 'csv' ? csvRows(text) : ndjsonRows(text)),
    progress: () => (size === 0 ? 1 : file.bytesRead / size),
  };
}

function unzipped(file: Readable): Readable {
  const gunzip = createGunzip();
  file.on('error', (error) => gunzip.destroy(error));
  return file.pipe(gunzip);
}

function csvRows(text: Readable): AsyncIterable<Row> {
  const parser = parse({ columns: true, bom: true, skip_empty_lines: true, relax_column_count_less: true });
  text.on('error', (error) => parser.destroy(error));
  return text.pipe(parser) as AsyncIterable<Row>;
}

async function* ndjsonRows(text: Readable): AsyncIterable<Row> {
  let line = 0;
  for await (const json of createInterface({ input: text, crlfDelay: Infinity })) {
    line += 1;
    if (json.trim() === '') continue;
    yield textRow(json, line);
  }
}

/** Values as text, as a CSV file would have them. */
function textRow(json: string, line: number): Row {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw new Error(`Line ${line} is not JSON.`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error(`Line ${line} is not a JSON object.`);
  return Object.fromEntries(
    Object.entries(value).map(([column, cell]) => [
      column,
      cell === null ? '' : typeof cell === 'string' ? cell : JSON.stringify(cell),
    ]),
  );
}

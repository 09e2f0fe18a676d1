/** `npm run replay -- FILE --project P --type T --map MAP.json`: sends the rows of a file as events. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { EventTypeName, ProjectId } from '@hermes/contracts/identifiers';
import { z } from 'zod';
import { IngestClient, RequestRefused } from '../api/ingest-client.ts';
import { Sentence } from '../process/sentence.ts';
import { openDestination } from './destination.ts';
import { ReplayMap } from './map.ts';
import { replay } from './replay.ts';
import { openRowFile } from './rows.ts';
import type { Verdict } from './tally.ts';

const USAGE = `npm run replay -- FILE --project P --type T --map MAP.json [--key KEY] [--rate ROWS_PER_S]

  FILE       .csv, .csv.gz, .ndjson or .ndjson.gz
  --project  project that the rows go to; made when it is missing
  --type     event type of the rows; default: the map's
  --map      how rows become events: a JSON file, or the name of a shipped one (beijing-deals, gps-points)
  --key      key of the project with the scopes events:write and events:read; default: one made for this
  --rate     at most so many rows a second; default: as fast as ingest takes them`;

/** Paths are meant from where npm was called. */
const fromCaller = (path: string): string => resolve(process.env['INIT_CWD'] ?? process.cwd(), path);

function readArguments(): {
  readonly file: string;
  readonly project: string;
  readonly type: string | undefined;
  readonly map: string;
  readonly key: string | undefined;
  readonly rowsPerS: number;
} {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        project: { type: 'string' },
        type: { type: 'string' },
        map: { type: 'string' },
        key: { type: 'string' },
        rate: { type: 'string' },
      },
    });
    const [file, ...more] = positionals;
    if (file === undefined || more.length > 0 || values.project === undefined || values.map === undefined)
      throw new Sentence(USAGE);
    return {
      file: fromCaller(file),
      project: ProjectId.parse(values.project),
      type: values.type,
      map: values.map,
      key: values.key,
      rowsPerS: rateOf(values.rate),
    };
  } catch (error) {
    if (error instanceof z.ZodError)
      throw new Sentence(`--project: ${error.issues[0]?.message ?? 'not a project id'}.`);
    throw error instanceof Sentence
      ? error
      : new Sentence(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
  }
}

function rateOf(given: string | undefined): number {
  const rowsPerS = Number(given ?? Infinity);
  if (rowsPerS > 0) return rowsPerS;
  throw new Sentence('--rate is a number of rows a second, above 0.');
}

async function readMap(given: string): Promise<ReplayMap> {
  const shipped = join(import.meta.dirname, 'maps', `${given}.json`);
  const path = /^[\w-]+$/.test(given) && existsSync(shipped) ? shipped : fromCaller(given);
  try {
    return ReplayMap.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    const why =
      error instanceof z.ZodError ? z.prettifyError(error) : error instanceof Error ? error.message : String(error);
    throw new Sentence(`The map ${given} cannot be used: ${why}`);
  }
}

const number = (value: number): string => Math.round(value).toLocaleString('en');

function progressLine(startedMs: number): (rows: number, part: number) => void {
  return (rows, part) => {
    const line = `${number(rows)} rows sent, ${Math.round(part * 100)} % of the file, ${number((rows / Math.max(1, performance.now() - startedMs)) * 1_000)} rows/s`;
    process.stdout.write(process.stdout.isTTY ? `\r${line}\u001b[K` : `${line}\n`);
  };
}

function report(verdict: Verdict & { readonly seconds: number }): string {
  const rate = verdict.rows / verdict.seconds;
  const reasons = verdict.reasons.map(
    ({ code, pointer, count, example }) =>
      `    ${number(count).padStart(9)}  ${code}${pointer && ` at ${pointer}`} (${example})`,
  );
  return [
    `${number(verdict.rows)} rows in ${verdict.seconds.toFixed(1)} s, ${number(rate)} rows/s`,
    `  accepted   ${number(verdict.accepted).padStart(9)}`,
    `  duplicate  ${number(verdict.duplicates).padStart(9)}`,
    `  rejected   ${number(verdict.rejected).padStart(9)}`,
    ...reasons,
    JSON.stringify({ replay: { ...verdict, rowsPerSecond: Math.round(rate) } }),
    '',
  ].join('\n');
}

async function main(): Promise<void> {
  const { file, project, type: givenType, map: givenMap, key, rowsPerS } = readArguments();
  const map = await readMap(givenMap);
  const type = EventTypeName.safeParse(givenType ?? map.type).data;
  if (type === undefined)
    throw new Sentence('Name the event type of the rows with --type, for example --type deal.signed.');
  const rows = await openRowFile(file).catch((error: unknown) => {
    throw new Sentence(error instanceof Error ? error.message : String(error));
  });
  const destination = await openDestination(project, type, map, { key, environment: process.env });
  const verdict = await replay({
    file: rows,
    map,
    type,
    project,
    ingestUrl: destination.ingestUrl,
    readKey: destination.key,
    rowsPerS,
    client: new IngestClient(destination.ingestUrl, destination.key),
    onProgress: progressLine(performance.now()),
    onRetry: (reason) => void process.stderr.write(`\nsending again: ${reason}\n`),
  });
  process.stdout.write(`${process.stdout.isTTY ? '\n' : ''}${report(verdict)}`);
}

try {
  await main();
} catch (error) {
  const isForPeople = error instanceof Sentence || error instanceof RequestRefused;
  process.stderr.write(
    `${error instanceof Error ? (isForPeople ? error.message : (error.stack ?? error.message)) : String(error)}\n`,
  );
  process.exitCode = 1;
}

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { ConformanceCase } from './case-file.ts';
import type { Cell, EngineOutput, ResultColumn } from './engine-output.ts';
import { foldChangelog } from './fold-changelog.ts';

export interface RecordedResult {
  readonly name: string;
  readonly columns: readonly ResultColumn[];
  readonly kind: 'append' | 'updating';
  readonly rows: readonly (readonly Cell[])[];
}

/** What Flink made of a case: `NAME.expected.json` beside `NAME.sql`. */
export type Recording =
  | { readonly flink: string; readonly outcome: 'ok'; readonly results: readonly RecordedResult[] }
  | {
      readonly flink: string;
      readonly outcome: 'error';
      readonly stage: 'validation' | 'runtime';
      readonly message: string;
    };

export const recordingFile = (file: string): string => file.replace(/\.sql$/, '.expected.json');

export function readRecording(file: string): Recording | undefined {
  const path = recordingFile(file);
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Recording) : undefined;
}

export type Recorded =
  | { readonly kind: 'recorded'; readonly recording: Recording }
  | { readonly kind: 'not-as-said'; readonly reason: string };

/** The recording of what an engine answered; not one when the case says otherwise, or its changes do not add up. */
export function recordingOf(each: ConformanceCase, output: EngineOutput, flink: string): Recorded {
  if (output.kind === 'error') {
    const { stage, message } = output;
    if (each.expectsError) return { kind: 'recorded', recording: { flink, outcome: 'error', stage, message } };
    return { kind: 'not-as-said', reason: `Flink fails (${stage}): ${message}` };
  }
  if (each.expectsError) return { kind: 'not-as-said', reason: 'the case expects an error, but Flink runs it' };
  const results: RecordedResult[] = [];
  for (const result of output.results) {
    if (!each.comparesRows) {
      results.push({ name: result.name, columns: result.columns, kind: 'append', rows: [] });
      continue;
    }
    const { kind, rows, problems } = foldChangelog(result, each.key);
    if (problems.length > 0) return { kind: 'not-as-said', reason: `${result.name}: ${problems.join('; ')}` };
    results.push({ name: result.name, columns: result.columns, kind, rows });
  }
  return { kind: 'recorded', recording: { flink, outcome: 'ok', results } };
}

/** One row a line, so that a change of a recording can be read. */
export function writeRecording(file: string, recording: Recording): void {
  writeFileSync(recordingFile(file), recordingText(recording));
}

export function recordingText(recording: Recording): string {
  if (recording.outcome === 'error') return `${JSON.stringify(recording, undefined, 2)}\n`;
  const list = (items: readonly unknown[], indent: string): string =>
    items.length === 0
      ? '[]'
      : `[\n${items.map((item) => `${indent}  ${JSON.stringify(item)}`).join(',\n')}\n${indent}]`;
  const results = recording.results.map(
    ({ name, kind, columns, rows }) =>
      `    {\n      "name": ${JSON.stringify(name)},\n      "kind": "${kind}",\n` +
      `      "columns": ${list(columns, '      ')},\n      "rows": ${list(rows, '      ')}\n    }`,
  );
  const all = results.length === 0 ? '[]' : `[\n${results.join(',\n')}\n  ]`;
  return `{\n  "flink": "${recording.flink}",\n  "outcome": "ok",\n  "results": ${all}\n}\n`;
}

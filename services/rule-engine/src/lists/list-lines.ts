import { ListEntry } from '@hermes/contracts/named-list';

/** How the lines of an upload are written. */
export type LineFormat = 'ndjson' | 'csv';

/** What a line holds: an entry, nothing, or what is wrong with it. */
export type ReadLine =
  | { readonly kind: 'entry'; readonly entry: string }
  | { readonly kind: 'empty' }
  | { readonly kind: 'fault'; readonly message: string };

/** Of bytes: an entry with every character escaped fits. */
export const MAX_LINE_BYTES = 4_096;
const NEWLINE = 10;

const fault = (message: string): ReadLine => ({ kind: 'fault', message });

/** Reads one line: a JSON text or number, or a text as CSV has it. */
export function readLine(format: LineFormat, line: string): ReadLine {
  const text = line.trim();
  if (text === '') return { kind: 'empty' };
  const written = format === 'csv' ? csvField(text) : jsonText(text);
  if (typeof written !== 'string') return fault(written.fault);
  const entry = ListEntry.safeParse(written);
  return entry.success
    ? { kind: 'entry', entry: entry.data }
    : fault(entry.error.issues[0]?.message ?? 'this is no entry');
}

function jsonText(text: string): string | { readonly fault: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { fault: 'this is no JSON; a line holds one text or number, for example "c-17"' };
  }
  if (typeof value === 'string') return value;
  return typeof value === 'number' ? String(value) : { fault: 'a line holds one text or number, for example "c-17"' };
}

function csvField(text: string): string | { readonly fault: string } {
  const quoted = /^"((?:[^"]|"")*)"$/u.exec(text)?.[1];
  if (quoted !== undefined) return quoted.replaceAll('""', '"').trim();
  return /[",]/u.test(text)
    ? { fault: 'a line holds one entry; put quotes around one with a comma, and write a quote in it twice' }
    : text;
}

/** A line of an upload, or that it was too long; numbered from 1. */
export interface NumberedLine {
  readonly number: number;
  /** Undefined: it was longer than a line may be, or is no UTF-8. */
  readonly text: string | undefined;
}

const decoder = new TextDecoder('utf-8', { fatal: true });

function decoded(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

/** The lines of a text, the last one with or without its end; no more of it is kept than one line may be long. */
export async function* boundedLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<NumberedLine> {
  let begun: Uint8Array[] = [];
  let length = 0;
  let number = 0;
  const add = (part: Uint8Array): void => {
    length += part.length;
    // The rest of a line that is too long only counts.
    if (length <= MAX_LINE_BYTES) begun.push(part);
  };
  const end = (): NumberedLine => {
    const text = length <= MAX_LINE_BYTES ? decoded(begun.length === 1 ? begun[0]! : Buffer.concat(begun)) : undefined;
    begun = [];
    length = 0;
    return { number: ++number, text };
  };
  for await (const chunk of chunks) {
    let from = 0;
    for (let to = chunk.indexOf(NEWLINE); to >= 0; to = chunk.indexOf(NEWLINE, from)) {
      add(chunk.subarray(from, to));
      from = to + 1;
      yield end();
    }
    add(chunk.subarray(from));
  }
  if (length > 0) yield end();
}

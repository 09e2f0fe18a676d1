import type { OutgoingEvent } from '../api/outgoing-event.ts';
import { multiplyDecimal } from './decimal.ts';
import { instantReader } from './instant.ts';
import type { Field, ReplayMap } from './map.ts';

/** A row: column -> text, blank where the file has nothing. */
export type Row = Readonly<Record<string, string | undefined>>;

export type RowOutcome =
  | { readonly kind: 'event'; readonly event: OutgoingEvent }
  /** The row cannot even be made an event of. `reason` names the column and what is wrong with it, without the value: reasons are counted. */
  | { readonly kind: 'unreadable'; readonly reason: string };

/** More than any measurement has, and fewer than a double's noise. */
const SCALED_PLACES = 9;
const PLACEHOLDER = /<([^<>]+)>/g;

/** Columns that a map asks for. */
export function columnsOf(map: ReplayMap): readonly string[] {
  const columns = new Set<string>([map.time.column]);
  if (map.id.from === 'columns') map.id.columns.forEach((column) => columns.add(column));
  for (const [, column] of map.subject.matchAll(PLACEHOLDER)) columns.add(column!);
  for (const field of map.fields) {
    if ('column' in field) columns.add(field.column);
    if (field.type === 'place') columns.add(field.longitudeColumn).add(field.latitudeColumn);
  }
  return [...columns];
}

/**
 * How rows become events under a map. Pure: the same row, file name and row number give the same event, id included.
 *
 * What a row has is passed on as it is, even when it is implausible: the event type's schema decides, and answers with a reason.
 * So a text that is no number goes out as text and is refused there.
 */
export function rowReader(map: ReplayMap, type: string, fileName: string): (row: Row, rowNumber: number) => RowOutcome {
  const readTime = instantReader(map.time.format, map.time.timeZone);
  return (row, rowNumber) => {
    const timeText = row[map.time.column]?.trim() ?? '';
    const timeMs = readTime(timeText);
    if (timeMs === undefined)
      return unreadable(`column ${map.time.column} is not a time in the format ${map.time.format}`);
    const time = new Date(timeMs).toISOString();
    const id = map.id.from === 'row' ? `${fileName}#${rowNumber}` : joined(row, map.id.columns);
    if (id === undefined)
      return unreadable(`the id is blank (${map.id.from === 'columns' ? map.id.columns.join(', ') : ''})`);
    const data: Record<string, unknown> = {};
    for (const field of map.fields) put(data, field, row, time);
    const subject = map.subject.replaceAll(PLACEHOLDER, (_, column: string) => row[column]?.trim() ?? '');
    return { kind: 'event', event: { specversion: '1.0', id, source: map.source, type, subject, time, data } };
  };
}

const unreadable = (reason: string): RowOutcome => ({ kind: 'unreadable', reason });

function joined(row: Row, columns: readonly string[]): string | undefined {
  const parts = columns.map((column) => row[column]?.trim() ?? '');
  return parts.includes('') ? undefined : parts.join('-');
}

const numeric = (text: string): number | string =>
  /^-?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text) ? Number(text) : text;

function put(data: Record<string, unknown>, field: Field, row: Row, time: string): void {
  if (field.type === 'time') data[field.name] = time;
  else if (field.type === 'constant') data[field.name] = field.value;
  else if (field.type === 'place') {
    const longitude = present(row, field.longitudeColumn, field.absent);
    const latitude = present(row, field.latitudeColumn, field.absent);
    if (longitude === undefined || latitude === undefined) return;
    data[field.longitude] = numeric(longitude);
    data[field.latitude] = numeric(latitude);
  } else {
    const text = present(row, field.column, field.absent);
    if (text !== undefined) data[field.name] = valueOf(field, text);
  }
}

function present(row: Row, column: string, absent: readonly string[]): string | undefined {
  const text = row[column]?.trim() ?? '';
  return text === '' || absent.includes(text) ? undefined : text;
}

function valueOf(field: Exclude<Field, { readonly type: 'time' | 'constant' | 'place' }>, text: string): unknown {
  switch (field.type) {
    case 'string':
      return text;
    case 'integer':
      return numeric(text);
    case 'number': {
      // By way of decimals, so that 33 feet are 10.0584 m and not 10.058400000000001.
      const scaled =
        field.multiply === undefined ? undefined : multiplyDecimal(text, String(field.multiply), SCALED_PLACES);
      return scaled === undefined ? numeric(text) : Number(scaled);
    }
    case 'decimal':
      return multiplyDecimal(text, field.multiply, field.places) ?? text;
    case 'boolean':
      return field.true.includes(text) ? true : field.false.includes(text) ? false : text;
  }
}

import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { parse } from 'csv-parse';

/** A row of a file of positions; WGS84. */
export interface FilePosition {
  readonly timeMs: number;
  readonly longitude: number;
  readonly latitude: number;
}

/** Each device's positions in the order of their times. */
export type Tracks = ReadonlyMap<string, readonly FilePosition[]>;

export interface PositionFile {
  readonly tracks: Tracks;
  /** Rows whose place or time is none; raw files have some. */
  readonly unreadRows: number;
}

const COLUMNS = ['device_id', 'lat', 'lon', 'ts_utc'] as const;
type Row = Readonly<Record<(typeof COLUMNS)[number], string>>;

/** `2008-10-23 02:53:04` and ISO 8601; UTC where no offset is written. */
function instantOf(text: string): number {
  const iso = text.trim().replace(' ', 'T');
  return Date.parse(/(?:Z|[+-]\d\d:?\d\d)$/.test(iso) ? iso : `${iso}Z`);
}

/**
 * Reads a CSV of positions with the columns device_id, lat, lon, ts_utc (others are passed over), gzipped when its name ends so.
 *
 * @throws Error in words on a file that is not there, has other columns, or has no position
 */
export async function readPositions(file: string): Promise<PositionFile> {
  const tracks = new Map<string, FilePosition[]>();
  const bytes = createReadStream(file);
  const plain = file.endsWith('.gz') ? bytes.pipe(createGunzip()) : bytes;
  const fail = (error: Error): void => void parser.destroy(error);
  const parser = plain.pipe(parse({ columns: true, trim: true, bom: true, skip_empty_lines: true }));
  bytes.on('error', fail);
  plain.on('error', fail);
  let unreadRows = 0;
  for await (const row of parser as AsyncIterable<Row>) {
    const missing = COLUMNS.filter((column) => row[column] === undefined);
    if (missing.length > 0)
      throw new Error(`${file} has no column ${missing.join(', ')}: it needs ${COLUMNS.join(', ')}.`);
    const [timeMs, longitude, latitude] = [instantOf(row.ts_utc), Number(row.lon), Number(row.lat)];
    const isPosition = row.lat !== '' && row.lon !== '' && Math.abs(longitude) <= 180 && Math.abs(latitude) <= 90;
    if (!isPosition || !Number.isFinite(timeMs)) {
      unreadRows += 1;
      continue;
    }
    const track = tracks.get(row.device_id) ?? [];
    track.push({ timeMs, longitude, latitude });
    tracks.set(row.device_id, track);
  }
  if (tracks.size === 0) throw new Error(`${file} has no positions.`);
  for (const track of tracks.values()) track.sort((a, b) => a.timeMs - b.timeMs);
  return { tracks, unreadRows };
}

import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { parse } from 'csv-parse';

/** A row of a file of positions; WGS84. */
export interface FilePosition {
  readonly timeMs: number;
  readonly longitude: number;
  readonly latitude: number;
  /** Radius in metres that holds 68 %, where the file states one. */
  readonly accuracyM?: number;
}

/** Each device's positions in the order of their times. */
export type Tracks = ReadonlyMap<string, readonly FilePosition[]>;

export interface PositionFile {
  readonly tracks: Tracks;
  /** Rows whose place or time is none; raw files have some. */
  readonly unreadRows: number;
}

const COLUMNS = ['device_id', 'lat', 'lon', 'ts_utc'] as const;
/** A row may be cut short. */
type Row = Readonly<Partial<Record<(typeof COLUMNS)[number] | 'accuracy_m', string>>>;

/** `2008-10-23 02:53:04` and ISO 8601; UTC where no offset is written. */
function instantOf(text: string): number {
  const iso = text.trim().replace(' ', 'T');
  return Date.parse(/(?:Z|[+-]\d\d:?\d\d)$/.test(iso) ? iso : `${iso}Z`);
}

/**
 * Reads a CSV of positions with the columns device_id, lat, lon, ts_utc, and accuracy_m where there is one (others are passed over), gzipped when its name ends so.
 *
 * @throws Error in words on a file that is not there, has other columns, or has no position
 */
export async function readPositions(file: string): Promise<PositionFile> {
  const tracks = new Map<string, FilePosition[]>();
  const bytes = createReadStream(file);
  const plain = file.endsWith('.gz') ? bytes.pipe(createGunzip()) : bytes;
  const fail = (error: Error): void => void parser.destroy(error);
  const parser = plain.pipe(
    parse({
      columns: (names: readonly string[]) => {
        const missing = COLUMNS.filter((column) => !names.includes(column));
        if (missing.length === 0) return [...names];
        throw new Error(`${file} has no column ${missing.join(', ')}: it needs ${COLUMNS.join(', ')}.`);
      },
      record_delimiter: ['\r\n', '\n'],
      relax_column_count: true,
      trim: true,
      bom: true,
      skip_empty_lines: true,
    }),
  );
  bytes.on('error', fail);
  plain.on('error', fail);
  let unreadRows = 0;
  for await (const row of parser as AsyncIterable<Row>) {
    const { device_id: device = '', lat = '', lon = '', ts_utc: instant = '', accuracy_m: accuracy = '' } = row;
    const [timeMs, longitude, latitude] = [instantOf(instant), Number(lon), Number(lat)];
    const isPlace = lat !== '' && lon !== '' && Math.abs(longitude) <= 180 && Math.abs(latitude) <= 90;
    if (device === '' || !isPlace || !Number.isFinite(timeMs)) {
      unreadRows += 1;
      continue;
    }
    const track = tracks.get(device) ?? [];
    const accuracyM = Number(accuracy);
    const isStated = accuracy !== '' && Number.isFinite(accuracyM) && accuracyM >= 0;
    track.push({ timeMs, longitude, latitude, ...(isStated ? { accuracyM } : {}) });
    tracks.set(device, track);
  }
  if (tracks.size === 0) throw new Error(`${file} has no positions.`);
  for (const track of tracks.values()) track.sort((a, b) => a.timeMs - b.timeMs);
  return { tracks, unreadRows };
}

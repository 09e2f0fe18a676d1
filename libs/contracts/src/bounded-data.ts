/** The data of an event that is kept takes at most so many bytes of UTF-8 JSON. */
export const MAX_DATA_BYTES = 1_024;

/** Stands in cut data under `$cut`: how many fields were left out, and the bytes of the whole. */
export interface CutMark {
  readonly fields: number;
  readonly bytes: number;
}

const ROOM_FOR_MARK = 64;

/**
 * Event data as JSON of bounded size. Data that is too long keeps its first fields, as many as fit, and says under `$cut` what is
 * missing; a field is kept whole or not at all.
 */
export function boundedData(data: Readonly<Record<string, unknown>>, mostBytes = MAX_DATA_BYTES): string {
  const whole = JSON.stringify(data);
  const bytes = Buffer.byteLength(whole);
  if (bytes <= mostBytes) return whole;
  const kept: string[] = [];
  let room = mostBytes - ROOM_FOR_MARK;
  let cutFields = 0;
  for (const [name, value] of Object.entries(data)) {
    const json = value === undefined || name === '$cut' ? undefined : JSON.stringify(value);
    if (json === undefined) continue;
    const field = `${JSON.stringify(name)}:${json}`;
    const size = Buffer.byteLength(field) + 1;
    if (cutFields === 0 && size <= room) {
      kept.push(field);
      room -= size;
    } else {
      cutFields += 1;
    }
  }
  const mark: CutMark = { fields: cutFields, bytes };
  return `{${[...kept, `"$cut":${JSON.stringify(mark)}`].join(',')}}`;
}

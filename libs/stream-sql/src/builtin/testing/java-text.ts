import { JsonNumber, numberText } from '../json/value.ts';
import { DAY_MS } from '../../values/calendar.ts';
import { hexOfBytes } from '../../values/bytes.ts';
import type { DataType, Integer, Row, Value } from '../../values/data-type.ts';
import { valueText } from '../../values/text.ts';
import { formatDate } from '../../values/time-text.ts';
import { msOfTimestamp, nanosOfTimestamp } from '../../values/timestamp.ts';

/** A value as the recording of Flink's answers has it: Java's toString of what a client gets. */
export function javaText(value: Value, type: DataType, nested = 'NULL'): string {
  if (value === null) return nested;
  switch (type.kind) {
    case 'BOOLEAN':
      return String(value);
    case 'BINARY':
    case 'VARBINARY':
      return `x'${hexOfBytes(value as Uint8Array)}'`;
    case 'DECIMAL':
      // BigDecimal.toString: with an exponent when small.
      return numberText(new JsonNumber(valueText(value, type)));
    case 'TIME':
      return clock(value as number, 0, false);
    case 'TIMESTAMP':
    case 'TIMESTAMP_LTZ': {
      const ms = msOfTimestamp(value as Integer, type.precision);
      const days = Math.floor(ms / DAY_MS);
      const utc = type.kind === 'TIMESTAMP_LTZ';
      const time = clock(ms - days * DAY_MS, nanosOfTimestamp(value as Integer, type.precision), utc);
      return `${formatDate(days)}T${time}${utc ? 'Z' : ''}`;
    }
    case 'INTERVAL_MS':
      return duration(value as number);
    case 'INTERVAL_MONTHS':
      return period(value as number);
    case 'ARRAY':
      return `[${(value as Row).map((item) => javaText(item, type.element)).join(', ')}]`;
    case 'ROW':
      return `(${(value as Row).map((item, at) => javaText(item, type.fields[at]!.type)).join(', ')})`;
    case 'MAP':
      return `{${[...(value as ReadonlyMap<Value, Value>)].map(([key, of]) => `${javaText(key, type.key, 'null')}=${javaText(of, type.value, 'null')}`).join(', ')}}`;
    default:
      return valueText(value, type);
  }
}

const two = (value: number): string => String(value).padStart(2, '0');

/** LocalTime.toString leaves out what is zero at the end; an Instant has its seconds always. */
function clock(ms: number, nanosOfMs: number, seconds: boolean): string {
  const nanos = (ms % 1000) * 1_000_000 + nanosOfMs;
  const second = Math.floor(ms / 1000) % 60;
  const minutes = `${two(Math.floor(ms / 3_600_000))}:${two(Math.floor(ms / 60_000) % 60)}`;
  if (second === 0 && nanos === 0 && !seconds) return minutes;
  const digits = String(nanos)
    .padStart(9, '0')
    .replace(/(?:000){1,3}$/, '');
  return `${minutes}:${two(second)}${digits === '' ? '' : `.${digits}`}`;
}

function duration(ms: number): string {
  if (ms === 0) return 'PT0S';
  const [hours, minutes] = [Math.trunc(ms / 3_600_000), Math.trunc(ms / 60_000) % 60];
  const seconds = (ms % 60_000) / 1000;
  return `PT${hours === 0 ? '' : `${hours}H`}${minutes === 0 ? '' : `${minutes}M`}${seconds === 0 ? '' : `${seconds}S`}`;
}

function period(months: number): string {
  const [years, rest] = [Math.trunc(months / 12), months % 12];
  return months === 0 ? 'P0D' : `P${years === 0 ? '' : `${years}Y`}${rest === 0 ? '' : `${rest}M`}`;
}

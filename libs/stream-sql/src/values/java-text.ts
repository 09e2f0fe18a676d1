import type { DataType, Integer, Row, Value } from './data-type.ts';
import { javaDecimal } from './java-decimal.ts';
import { javaDouble, javaFloat } from './java-double.ts';
import { formatDate, formatTime, formatTimestamp } from './time-text.ts';

/**
 * How Java's toString prints the objects that stand for values outside of Flink's tables (Row.toString, LocalDateTime, Instant, Duration, ...): what its
 * print connector shows. Source: Flink's Row, RowUtils.deepToString and java.time.
 */
export function javaText(type: DataType): (value: Value) => string {
  const text = notNullText(type);
  return (value) => (value === null ? 'null' : text(value));
}

function notNullText(type: DataType): (value: Exclude<Value, null>) => string {
  switch (type.kind) {
    case 'FLOAT':
      return (value) => javaFloat(value as number);
    case 'DOUBLE':
      return (value) => javaDouble(value as number);
    case 'DECIMAL':
      return (value) => javaDecimal(value as Integer, type.scale);
    case 'BINARY':
    case 'VARBINARY':
      return (value) => `[${[...(value as Uint8Array)].map((byte) => (byte << 24) >> 24).join(', ')}]`;
    case 'DATE':
      return (value) => formatDate(value as number);
    case 'TIME':
      return (value) => clock(formatTime(value as number, 3), true);
    case 'TIMESTAMP':
    case 'TIMESTAMP_LTZ':
      return (value) => {
        const [date, time] = formatTimestamp(value as Integer, type.precision).split(' ') as [string, string];
        return type.kind === 'TIMESTAMP' ? `${date}T${clock(time, true)}` : `${date}T${clock(time, false)}Z`;
      };
    case 'INTERVAL_MONTHS':
      return (value) => period(value as number);
    case 'INTERVAL_MS':
      return (value) => duration(value as number);
    case 'ARRAY': {
      const element = javaText(type.element);
      return (value) => `[${(value as Row).map(element).join(', ')}]`;
    }
    case 'MAP':
    case 'MULTISET': {
      const key = javaText(type.kind === 'MAP' ? type.key : type.element);
      const entry = type.kind === 'MAP' ? javaText(type.value) : String;
      return (value) =>
        `{${[...(value as ReadonlyMap<Value, Value>)].map(([name, of]) => `${key(name)}=${entry(of)}`).join(', ')}}`;
    }
    case 'ROW': {
      const fields = type.fields.map((field) => javaText(field.type));
      return (value) => `+I[${(value as Row).map((field, i) => fields[i]!(field)).join(', ')}]`;
    }
    default:
      return String;
  }
}

/** java.time prints fractions in groups of three digits, and leaves out seconds that are zero (LocalTime, not Instant). */
function clock(time: string, short: boolean): string {
  const [whole = '', fraction = ''] = time.split('.');
  const groups = fraction.padEnd(9, '0').replace(/(?:000)+$/, '');
  if (groups !== '') return `${whole}.${groups}`;
  return short && whole.endsWith(':00') ? whole.slice(0, -3) : whole;
}

function period(months: number): string {
  const years = Math.trunc(months / 12);
  const rest = months % 12;
  return months === 0 ? 'P0D' : `P${years === 0 ? '' : `${years}Y`}${rest === 0 ? '' : `${rest}M`}`;
}

function duration(ms: number): string {
  if (ms === 0) return 'PT0S';
  const hours = Math.trunc(ms / 3_600_000);
  const minutes = Math.trunc((ms % 3_600_000) / 60_000);
  const seconds = ms % 60_000;
  const secondsText = seconds === 0 ? '' : `${String(seconds / 1_000)}S`;
  return `PT${hours === 0 ? '' : `${hours}H`}${minutes === 0 ? '' : `${minutes}M`}${secondsText}`;
}

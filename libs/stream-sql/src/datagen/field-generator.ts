import { durationMs } from '../planner/duration.ts';
import type { DataType, Integer, Value } from '../values/data-type.ts';
import { fit, parseDecimal } from '../values/decimal.ts';
import { normalise } from '../values/integer.ts';
import { timestampOf } from '../values/timestamp.ts';
import type { SeededRandom } from './seeded-random.ts';

/** What a row's values are made of: its number from 0, random numbers of its own, and what time it is. */
export interface RowContext {
  readonly row: number;
  readonly random: SeededRandom;
  readonly nowMs: number;
}

export type Generate = (context: RowContext) => Value;
export type FieldOption = (key: string) => string | undefined;

const DEFAULT_LENGTH = 100;
const DAY_MS = 86_400_000;
const LIMITS = {
  TINYINT: 2n ** 7n,
  SMALLINT: 2n ** 15n,
  INT: 2n ** 31n,
  BIGINT: 2n ** 63n,
} as const;
const NO_OPTION: FieldOption = () => undefined;

/** Random values of a type. Source of what each type gives: Flink's documentation, "DataGen SQL Connector". */
export function randomField(type: DataType, option: FieldOption): Generate {
  const generate = notNull(type, option);
  const nullRate = Number(option('null-rate') ?? 0);
  return nullRate > 0 ? (context) => (context.random.fraction() < nullRate ? null : generate(context)) : generate;
}

function notNull(type: DataType, option: FieldOption): Generate {
  switch (type.kind) {
    case 'BOOLEAN':
      return ({ random }) => (random.uint32() & 1) === 1;
    case 'TINYINT':
    case 'SMALLINT':
    case 'INT':
    case 'BIGINT': {
      const limit = LIMITS[type.kind];
      const [min, max] = [integer(option('min')) ?? -limit, integer(option('max')) ?? limit - 1n];
      return ({ random }) => normalise(random.between(min, max));
    }
    case 'DECIMAL': {
      const limit = 10n ** BigInt(type.precision) - 1n;
      const [min, max] = [scaledTo(type, option('min')) ?? -limit, scaledTo(type, option('max')) ?? limit];
      return ({ random }) => normalise(random.between(min, max));
    }
    case 'FLOAT':
    case 'DOUBLE': {
      const largest = type.kind === 'FLOAT' ? 3.402_823_466_385_288_6e38 : Number.MAX_VALUE;
      const [min, max] = [Number(option('min') ?? -largest), Number(option('max') ?? largest)];
      return ({ random }) => {
        const share = random.fraction();
        const value = min * (1 - share) + max * share;
        return type.kind === 'FLOAT' ? Math.fround(value) : value;
      };
    }
    case 'CHAR':
    case 'VARCHAR': {
      const length = lengthOf(type.length, option);
      return (context) => hexText(context, length(context));
    }
    case 'BINARY':
    case 'VARBINARY': {
      const length = lengthOf(type.length, option);
      return (context) => Uint8Array.from({ length: length(context) }, () => context.random.uint32() & 255);
    }
    case 'DATE':
      return ({ nowMs }) => Math.floor(nowMs / DAY_MS);
    case 'TIME':
      return ({ nowMs }) => nowMs % DAY_MS;
    case 'TIMESTAMP':
    case 'TIMESTAMP_LTZ': {
      const pastMs = durationMs(option('max-past') ?? '0') ?? 0;
      return ({ nowMs, random }) => timestampOf(nowMs - Math.floor(random.fraction() * pastMs), 0, type.precision);
    }
    case 'INTERVAL_MONTHS':
      return ({ random }) => random.uint32() % 120_000;
    case 'INTERVAL_MS':
      return ({ random }) => random.uint32();
    case 'ARRAY': {
      const element = randomField(type.element, NO_OPTION);
      const length = lengthOf(Infinity, option);
      return (context) => Array.from({ length: length(context) }, () => element(context));
    }
    case 'MULTISET':
    case 'MAP': {
      const key = randomField(type.kind === 'MAP' ? type.key : type.element, NO_OPTION);
      const value: Generate =
        type.kind === 'MAP' ? randomField(type.value, NO_OPTION) : ({ random }) => (random.uint32() % 100) + 1;
      const length = lengthOf(Infinity, option);
      return (context) => new Map(Array.from({ length: length(context) }, () => [key(context), value(context)]));
    }
    case 'ROW': {
      const fields = type.fields.map((field) => randomField(field.type, NO_OPTION));
      return (context) => fields.map((field) => field(context));
    }
    case 'NULL':
      return () => null;
  }
}

export interface Sequence {
  readonly generate: Generate;
  /** How many values it has. */
  readonly count: number;
}

/** Whole numbers from start to end, both included. */
export function sequenceField(type: DataType, option: FieldOption): Sequence {
  const start = integer(option('start')) ?? 0n;
  const end = integer(option('end')) ?? 0n;
  const value = sequenceValue(type);
  return {
    generate: ({ row }) => value(start + BigInt(row)),
    count: end < start ? 0 : Number(end - start + 1n),
  };
}

function sequenceValue(type: DataType): (value: bigint) => Value {
  switch (type.kind) {
    case 'CHAR':
    case 'VARCHAR':
      return String;
    case 'FLOAT':
    case 'DOUBLE':
      return Number;
    case 'DECIMAL':
      return (value) => normalise(value * 10n ** BigInt(type.scale));
    default:
      return normalise;
  }
}

/** The type's own length, else what the option says. */
function lengthOf(ofType: number, option: FieldOption): (context: RowContext) => number {
  const given = option('length');
  const length = Math.min(
    ofType,
    given === undefined ? (ofType < 2 ** 31 - 1 ? ofType : DEFAULT_LENGTH) : Number(given),
  );
  return option('var-len') === 'true' ? ({ random }) => (random.uint32() % length) + 1 : () => length;
}

function hexText({ random }: RowContext, length: number): string {
  let text = '';
  while (text.length < length) text += random.uint32().toString(16).padStart(8, '0');
  return text.slice(0, length);
}

/** Options are numbers of any kind; whole columns take their whole part. */
function integer(text: string | undefined): bigint | undefined {
  if (text === undefined) return undefined;
  return /^-?\d+$/.test(text) ? BigInt(text) : BigInt(Math.trunc(Number(text)));
}

function scaledTo(
  type: { readonly precision: number; readonly scale: number },
  text: string | undefined,
): bigint | undefined {
  const parsed = text === undefined ? undefined : parseDecimal(text);
  const fitted: Integer | null = parsed === undefined ? null : fit(parsed.unscaled, parsed.scale, type);
  return fitted === null ? undefined : BigInt(fitted);
}

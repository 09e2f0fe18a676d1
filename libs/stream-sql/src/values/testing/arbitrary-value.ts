import fc from 'fast-check';
import type { DataType, Integer, Value } from '../data-type.ts';
import { normalise } from '../integer.ts';
import { isPrimitive } from '../types.ts';

const between = (bits: number): fc.Arbitrary<Integer> =>
  fc
    .oneof(
      fc.bigInt({ min: -(2n ** BigInt(bits - 1)), max: 2n ** BigInt(bits - 1) - 1n }),
      fc.constantFrom(0n, 1n, -1n, -(2n ** BigInt(bits - 1)), 2n ** BigInt(bits - 1) - 1n),
      fc.bigInt({ min: -100n, max: 100n }),
    )
    .map(normalise);

const BITS = { TINYINT: 8, SMALLINT: 16, INT: 32, BIGINT: 64 } as const;

/** Values of a type, its bounds and special values among them; NULL too where the type takes it. */
export function arbitraryValue(type: DataType): fc.Arbitrary<Value> {
  const present = presentValue(type);
  return type.nullable
    ? fc.oneof({ weight: 1, arbitrary: fc.constant<Value>(null) }, { weight: 5, arbitrary: present })
    : present;
}

function presentValue(type: DataType): fc.Arbitrary<Value> {
  switch (type.kind) {
    case 'NULL':
      return fc.constant(null);
    case 'BOOLEAN':
      return fc.boolean();
    case 'TINYINT':
    case 'SMALLINT':
    case 'INT':
    case 'BIGINT':
      return between(BITS[type.kind]);
    case 'DECIMAL': {
      const limit = 10n ** BigInt(type.precision) - 1n;
      return fc.oneof(fc.bigInt({ min: -limit, max: limit }), fc.constantFrom(0n, limit, -limit)).map(normalise);
    }
    case 'DOUBLE':
      return fc.oneof(
        fc.double(),
        fc.integer().map(Number),
        fc.constantFrom(0, -0, NaN, Infinity, -Infinity, 1e300, 5e-324),
      );
    case 'FLOAT':
      return fc.oneof(fc.float(), fc.constantFrom(0, -0, NaN, Infinity));
    case 'CHAR':
      return fc
        .string({ unit: 'grapheme', minLength: type.length, maxLength: type.length })
        .map((text) => Array.from(text).slice(0, type.length).join(''));
    case 'VARCHAR':
      return fc
        .oneof(
          fc.string({ unit: 'grapheme', maxLength: Math.min(type.length, 8) }),
          fc.constantFrom('', 'a', 'A%_b', ' 12 '),
        )
        .map((text) => Array.from(text).slice(0, type.length).join(''));
    case 'BINARY':
    case 'VARBINARY':
      return fc.uint8Array({ maxLength: Math.min(type.length, 8) });
    case 'DATE':
      return fc.integer({ min: -719_162, max: 2_932_896 });
    case 'TIME':
      return fc.integer({ min: 0, max: 86_399 }).map((second) => second * 1000);
    case 'TIMESTAMP':
    case 'TIMESTAMP_LTZ': {
      const units = type.precision <= 3 ? 1n : type.precision <= 6 ? 1000n : 1_000_000n;
      const step = 10n ** BigInt([3, 2, 1, 0, 2, 1, 0, 2, 1, 0][type.precision]!);
      return fc
        .bigInt({ min: -62_135_596_800_000n, max: 253_402_300_799_999n })
        .chain((ms) => fc.bigInt({ min: 0n, max: units - 1n }).map((rest) => ms * units + rest))
        .map((value) => normalise(value - (((value % step) + step) % step)));
    }
    case 'INTERVAL_MS':
      return fc.integer({ min: -1_000_000_000, max: 1_000_000_000 });
    case 'INTERVAL_MONTHS':
      return fc.integer({ min: -1000, max: 1000 });
    case 'ARRAY':
      return fc.array(arbitraryValue(type.element), { maxLength: 4 });
    case 'ROW':
      return fc.tuple(...type.fields.map((field) => arbitraryValue(field.type)));
    case 'MAP':
      return fc
        .array(fc.tuple(arbitraryValue({ ...type.key, nullable: false }), arbitraryValue(type.value)), { maxLength: 4 })
        .filter((entries) => isPrimitive(type.key) || entries.length < 2)
        .map((entries) => new Map(entries));
    case 'MULTISET':
      return fc
        .array(fc.tuple(arbitraryValue({ ...type.element, nullable: false }), fc.integer({ min: 1, max: 5 })))
        .map((entries) => new Map<Value, Value>(entries));
  }
}

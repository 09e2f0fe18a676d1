import type { Value } from '../../values/data-type.ts';
import { isString, varchar } from '../../values/types.ts';
import { jsonOf, jsonProblem } from '../json/construct.ts';
import { parseJson, printJson, type Json } from '../json/value.ts';
import { EvaluationError, type AggregateFunction, type BoundAggregate } from '../signature.ts';
import { sequence } from './collecting.ts';

/** Slots: key to the JSON of its value. A key may come once only; one that is taken back may come again. */
function bindObject(toJson: (value: Value) => Json, absent: boolean): BoundAggregate {
  return {
    width: 1,
    start: (slots, at) => {
      slots[at] = new Map();
    },
    add: (slots, at, key = null, value = null) => {
      const members = slots[at] as Map<Value, Value>;
      if (key === null) throw new EvaluationError('json-key', 'a key of JSON_OBJECTAGG is NULL');
      if (members.has(key))
        throw new EvaluationError('json-key', `the key '${key as string}' of JSON_OBJECTAGG comes twice`);
      members.set(key, value === null ? null : printJson(toJson(value)));
    },
    retract: (slots, at, key = null) => {
      (slots[at] as Map<Value, Value>).delete(key);
    },
    merge: (slots, at, other, otherAt) => {
      const members = slots[at] as Map<Value, Value>;
      for (const [key, value] of other[otherAt] as ReadonlyMap<Value, Value>) {
        if (members.has(key))
          throw new EvaluationError('json-key', `the key '${key as string}' of JSON_OBJECTAGG comes twice`);
        members.set(key, value);
      }
    },
    result: (slots, at) => {
      const members = [...(slots[at] as ReadonlyMap<Value, Value>)].filter(([, value]) => !absent || value !== null);
      return printJson(new Map(members.map(([key, value]) => [key as string, read(value)])));
    },
  };
}

const read = (text: Value): Json => (text === null ? null : (parseJson(text as string) ?? null));

/** Slots: the JSON of the values in their order, the next number. */
function bindArray(toJson: (value: Value) => Json, absent: boolean): BoundAggregate {
  const text = (value: Value): Value => printJson(toJson(value));
  return {
    width: 2,
    start: (slots, at) => sequence.start(slots, at),
    add: (slots, at, value = null) => {
      if (value !== null || !absent) sequence.add(slots, at, text(value));
    },
    retract: (slots, at, value = null) => {
      if (value !== null || !absent) sequence.remove(slots, at, text(value), (a, b) => a === b);
    },
    merge: (slots, at, other, otherAt) => sequence.append(slots, at, other, otherAt),
    result: (slots, at) => `[${[...(slots[at] as ReadonlyMap<Value, Value>).values()].join(',')}]`,
  };
}

const result = varchar(2000, false);

const objectAgg = (absent: boolean): AggregateFunction => ({
  name: `JSON_OBJECTAGG_${absent ? 'ABSENT' : 'NULL'}_ON_NULL`,
  syntax: 'JSON_OBJECTAGG([KEY] key VALUE value [NULL | ABSENT ON NULL])',
  resolve: ([key, value, ...others]) => {
    if (key === undefined || value === undefined || others.length > 0 || !isString(key.type)) return undefined;
    return jsonProblem(value.type) ?? { result, parameters: [key.type, value.type] };
  },
  bind: ([, value]) => bindObject(jsonOf(value!.type), absent),
});

const arrayAgg = (absent: boolean): AggregateFunction => ({
  name: `JSON_ARRAYAGG_${absent ? 'ABSENT' : 'NULL'}_ON_NULL`,
  syntax: 'JSON_ARRAYAGG(value [NULL | ABSENT ON NULL])',
  resolve: ([value, ...others]) => {
    if (value === undefined || others.length > 0) return undefined;
    return jsonProblem(value.type) ?? { result, parameters: [value.type] };
  },
  bind: ([value]) => bindArray(jsonOf(value!.type), absent),
});

export const JSON_AGGREGATES: readonly AggregateFunction[] = [
  objectAgg(false),
  objectAgg(true),
  arrayAgg(false),
  arrayAgg(true),
];

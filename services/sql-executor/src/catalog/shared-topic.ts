import { type EventField, type FieldType, TEXT } from './event-columns.ts';

/**
 * The fields of one event type as a table over the topic of all types must declare them: a record of another type that has the same field otherwise
 * would be a bad record. Such a field is STRING, which reads everything.
 */
export const fieldsBeside = (
  fields: readonly EventField[],
  others: readonly (readonly EventField[])[],
): readonly EventField[] =>
  fields.map((field) => {
    const beside = others.flatMap((each) => each.find(({ name }) => name === field.name)?.type ?? []);
    return { ...field, type: typeBeside(field.type, beside) };
  });

function typeBeside(type: FieldType, others: readonly FieldType[]): FieldType {
  if (type.kind !== 'row') return others.every((other) => reads(type, other)) ? type : TEXT;
  const rows = others.flatMap((other) => (other.kind === 'row' ? [other.fields] : []));
  return rows.length < others.length ? TEXT : { kind: 'row', fields: fieldsBeside(type.fields, rows) };
}

/** Whether a column of a type reads every value of another type without fault. */
function reads(type: FieldType, other: FieldType): boolean {
  switch (type.kind) {
    case 'simple':
      if (type.name === 'STRING') return true;
      if (type.name === 'DOUBLE') return other.kind === 'decimal' || isSimple(other, 'DOUBLE', 'BIGINT');
      return isSimple(other, type.name);
    case 'decimal':
      return other.kind === 'decimal';
    case 'array':
      return other.kind === 'array' && reads(type.element, other.element);
    case 'map':
      if (other.kind === 'row') return other.fields.every((field) => reads(type.value, field.type));
      return other.kind === 'map' && reads(type.value, other.value);
    case 'row':
      return (
        other.kind === 'row' &&
        type.fields.every((field) => {
          const same = other.fields.find(({ name }) => name === field.name);
          return same === undefined || reads(field.type, same.type);
        })
      );
  }
}

const isSimple = (type: FieldType, ...names: readonly string[]): boolean =>
  type.kind === 'simple' && names.includes(type.name);

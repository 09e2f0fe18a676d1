import { printName, printPath, printString } from './print-name.ts';
import type { IntervalQualifier, TypeNode } from './tree-type.ts';

/** `DAY(3) TO SECOND(6)` */
export function printQualifier({ from, precision, to, fraction }: IntervalQualifier): string {
  let start: string = from;
  if (precision !== undefined) {
    const digits = to === undefined && fraction !== undefined ? `${precision}, ${fraction}` : String(precision);
    start = `${from}(${digits})`;
  }
  if (to === undefined) return start;
  return `${start} TO ${to}${fraction === undefined ? '' : `(${fraction})`}`;
}

/** A type as it is written in Flink SQL. */
export function printType(type: TypeNode): string {
  return `${printTypeName(type)}${type.nullable ? '' : ' NOT NULL'}`;
}

function printTypeName(type: TypeNode): string {
  if (type.interval !== undefined) return `INTERVAL ${printQualifier(type.interval)}`;
  const inner = type.arguments.map(printType).join(', ');
  if (type.arguments.length > 0) return `${type.name}<${inner}>`;
  if (type.path === undefined && type.name === 'ROW') {
    const fields = type.fields.map(
      (field) =>
        `${printName(field.name.name)} ${printType(field.type)}${field.comment === undefined ? '' : ` ${printString(field.comment)}`}`,
    );
    return `ROW<${fields.join(', ')}>`;
  }
  const parameters = type.parameters.length === 0 ? '' : `(${type.parameters.join(', ')})`;
  if (type.path !== undefined) return `${printPath(type.path)}${parameters}`;
  // TIME(3) WITH LOCAL TIME ZONE: the precision stands within the name.
  const blank = type.name.indexOf(' WITH ');
  return blank < 0 ? `${type.name}${parameters}` : `${type.name.slice(0, blank)}${parameters}${type.name.slice(blank)}`;
}

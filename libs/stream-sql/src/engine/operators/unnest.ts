import type { PlanNode, UnnestNode } from '../../planner/plan.ts';
import type { DataType, Row, Value } from '../../values/data-type.ts';
import { CodeWriter } from '../code/code-writer.ts';
import { ExpressionCode } from '../code/expression-code.ts';
import { rowInput } from '../code/input.ts';
import type { Output } from '../operator.ts';
import type { Operator, OperatorSetup } from './operator-setup.ts';

/** Each input row once for each element of its collection; `left`: also once, with NULLs, when there is none. */
export class Unnest implements Operator {
  readonly inputs: readonly Output[];
  readonly tables = [];

  constructor(node: UnnestNode & PlanNode, setup: OperatorSetup) {
    const { output } = setup;
    const collection = collectionCode(node, setup);
    const elements = elementsOf(node.collection.type);
    const nulls: Row = node.columns.slice(setup.inputs[0]!.columns.length).map(() => null);
    this.inputs = [
      {
        push: (kind, row) => {
          const value = collection(row);
          let ordinal = 0;
          for (const element of value === null ? [] : elements(value)) {
            ordinal++;
            output.push(kind, node.ordinality ? [...row, ...element, ordinal] : [...row, ...element]);
          }
          if (ordinal === 0 && node.type === 'left') output.push(kind, [...row, ...nulls]);
        },
      },
    ];
  }
}

function collectionCode(node: UnnestNode, { functions, context }: OperatorSetup): (row: Row) => Value {
  const writer = new CodeWriter();
  writer.line('function collection(r) {');
  const { code } = new ExpressionCode(writer, functions, context).atom(node.collection, rowInput('r'));
  writer.line(`return ${code};`);
  writer.line('}');
  return writer.build('collection');
}

/** The columns of each element: of a ROW its fields, of a MAP key and value; a MULTISET's element as often as it is in it. */
function elementsOf(type: DataType): (value: Exclude<Value, null>) => Iterable<Row> {
  const columnsOf = (element: DataType): ((value: Value) => Row) => {
    return element.kind === 'ROW' ? (value) => value as Row : (value) => [value];
  };
  // Flink leaves out a ROW that is NULL.
  const present = (values: readonly Value[]): readonly Value[] =>
    'element' in type && type.element.kind === 'ROW' ? values.filter((value) => value !== null) : values;
  switch (type.kind) {
    case 'ARRAY': {
      const columns = columnsOf(type.element);
      return (value) => present(value as Row).map(columns);
    }
    case 'MULTISET': {
      const columns = columnsOf(type.element);
      return (value) =>
        [...(value as ReadonlyMap<Value, Value>)].flatMap(([element, count]) =>
          present(Array.from({ length: count as number }, () => element)).map(columns),
        );
    }
    case 'MAP':
      return (value) => value as ReadonlyMap<Value, Value>;
    default:
      throw new Error(`UNNEST of ${type.kind}`);
  }
}

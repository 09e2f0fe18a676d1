import { EvaluationError } from '../../builtin/signature.ts';
import type { PlanNode, SinkNode } from '../../planner/plan.ts';
import type { DataType, Row, Value } from '../../values/data-type.ts';
import { sameRow } from '../code/compare-values.ts';
import { rowKey, type Key } from '../code/key-code.ts';
import { adds, RowKind, type Output } from '../operator.ts';
import { StateTable } from '../state/state-table.ts';
import { columnTypes, type Intake, type Operator, type OperatorSetup } from './operator-setup.ts';

/**
 * The end of a plan: checks what the target's columns ask for (NOT NULL, lengths) and what the target itself says, and keeps a target that is keyed otherwise than the query
 * right (Flink's SinkUpsertMaterializer: of several rows with one key the newest that is still there stands). `setup.output` is the target.
 */
export class Sink implements Operator {
  readonly inputs: readonly Output[];
  readonly tables: readonly StateTable[];
  readonly intake?: Intake;
  dropped = 0;
  private readonly setup: OperatorSetup;
  private readonly table: StateTable | null;
  private readonly key: ((row: Row) => Key) | null;
  private readonly inputKey: ((row: Row) => Key) | null;

  constructor(node: SinkNode & PlanNode, setup: OperatorSetup) {
    const input = setup.inputs[0]!;
    this.setup = setup;
    const materialize =
      node.upsertKey !== null && input.changelog !== 'append' && !coversKey(input.uniqueKey, node.upsertKey);
    this.table = materialize
      ? new StateTable({ clock: setup.clock, ttlMs: setup.settings.stateTtlMs, grows: true })
      : null;
    this.tables = this.table === null ? [] : [this.table];
    this.key = node.upsertKey === null ? null : rowKey(node.upsertKey, columnTypes(input));
    this.inputKey =
      input.changelog === 'upsert' && input.uniqueKey !== null ? rowKey(input.uniqueKey, columnTypes(input)) : null;
    const checked: Output = this.table === null ? setup.output : { push: this.materialize.bind(this) };
    const check = this.checkWith(checkOf(node, setup));
    if (check === null) {
      this.inputs = [checked];
      return;
    }
    this.intake = { check, checked };
    this.inputs = [
      {
        push: (kind, row) => {
          const taken = check(kind, row);
          if (taken !== undefined) checked.push(kind, taken);
        },
      },
    ];
  }

  private checkWith(columns: ((row: Row, adding: boolean) => Row | null) | null): Intake['check'] | null {
    const { output } = this.setup;
    if (columns === null && output.check === undefined) return null;
    return (kind, row) => {
      const taken = columns === null ? row : columns(row, adds(kind));
      if (taken === null) {
        this.dropped++;
        return undefined;
      }
      output.check?.(taken);
      return taken;
    };
  }

  /** The state of a key is the list of its rows, oldest first; the last of them is what the target shows. */
  private materialize(kind: RowKind, row: Row): void {
    const table = this.table!;
    const { output } = this.setup;
    const group = table.group(null);
    const key = this.key!(row);
    const entry = table.get(group, key);
    if (adds(kind)) {
      if (entry === undefined) {
        table.create(group, null, key, [row]);
        output.push(RowKind.insert, row);
        return;
      }
      const rows = entry.values as Row[];
      const old = this.inputKey === null ? -1 : this.find(rows, row);
      if (old >= 0) rows[old] = row;
      else rows.push(row);
      table.changed(entry);
      if (rows.at(-1) === row) output.push(RowKind.updateAfter, row);
      return;
    }
    if (entry === undefined) return;
    const rows = entry.values as Row[];
    const at = this.find(rows, row);
    if (at < 0) return;
    const last = at === rows.length - 1;
    rows.splice(at, 1);
    if (rows.length === 0) {
      table.delete(entry);
      output.push(RowKind.delete, row);
      return;
    }
    table.changed(entry);
    if (last) output.push(RowKind.updateAfter, rows.at(-1)!);
  }

  private find(rows: readonly Row[], row: Row): number {
    const { inputKey } = this;
    if (inputKey === null) return rows.findIndex((other) => sameRow(other, row));
    const key = inputKey(row);
    return rows.findIndex((other) => inputKey(other) === key);
  }
}

/** Whether rows of one key of the target are rows of one key of the query. */
const coversKey = (uniqueKey: readonly number[] | null, upsertKey: readonly number[]): boolean =>
  uniqueKey !== null &&
  uniqueKey.length === upsertKey.length &&
  uniqueKey.every((column) => upsertKey.includes(column));

type Check = (value: Value) => Value | undefined;

/** What is done to each row; null from the function: the row is dropped. Null itself: nothing. */
function checkOf(node: SinkNode & PlanNode, setup: OperatorSetup): ((row: Row, adding: boolean) => Row | null) | null {
  const { table } = node;
  if (table === null) return null;
  const { notNullEnforcer, typeLengthEnforcer } = setup.settings;
  const persisted = table.columns.flatMap((column, index) =>
    column.kind === 'computed' || (column.kind === 'metadata' && column.virtual) ? [] : [index],
  );
  const targets = node.written ?? persisted;
  const checks: { readonly at: number; readonly check: Check; readonly adding: boolean }[] = [];
  setup.inputs[0]!.columns.forEach((column, at) => {
    const target = table.columns[targets[at] ?? -1];
    if (target === undefined) return;
    if (!target.type.nullable && column.type.nullable)
      checks.push({ at, check: notNull(table.name, target.name, notNullEnforcer), adding: true });
    const length = lengthCheck(table.name, target.name, target.type, column.type, typeLengthEnforcer);
    if (length !== null) checks.push({ at, check: length, adding: false });
  });
  if (checks.length === 0) return null;
  return (row, isAdding) => {
    let result: Row = row;
    for (const { at, check, adding } of checks) {
      // A row that is taken back may have nothing but its key.
      if (adding && !isAdding) continue;
      const value = check(result[at]!);
      if (value === undefined) return null;
      if (value !== result[at]) result = result.with(at, value);
    }
    return result;
  };
}

const notNull =
  (table: string, column: string, enforcer: 'ERROR' | 'DROP'): Check =>
  (value) => {
    if (value !== null) return value;
    if (enforcer === 'DROP') return undefined;
    throw new EvaluationError(
      'not-null',
      `column ${column} of ${table} is NOT NULL, but a NULL was to be written: filter such rows out, or SET 'table.exec.sink.not-null-enforcer' = 'DROP'`,
    );
  };

/** Trims and pads texts and bytes to the target's length, or fails, as `table.exec.sink.type-length-enforcer` asks. */
function lengthCheck(
  table: string,
  name: string,
  target: DataType,
  from: DataType,
  enforcer: 'IGNORE' | 'TRIM_PAD' | 'ERROR',
): Check | null {
  if (enforcer === 'IGNORE') return null;
  if (target.kind !== 'CHAR' && target.kind !== 'VARCHAR' && target.kind !== 'BINARY' && target.kind !== 'VARBINARY')
    return null;
  const fixed = target.kind === 'CHAR' || target.kind === 'BINARY';
  if ('length' in from && from.kind === target.kind && from.length === target.length) return null;
  const { length } = target;
  return (value) => {
    if (value === null) return null;
    const units = typeof value === 'string' ? (isWide(value) ? [...value] : value) : (value as Uint8Array);
    if (units.length <= length && !(fixed && units.length < length)) return value;
    if (enforcer === 'ERROR')
      throw new EvaluationError(
        'too-long',
        `column ${name} of ${table} takes ${fixed ? 'exactly' : 'at most'} ${length} ${typeof value === 'string' ? 'characters' : 'bytes'}, but a value of ${units.length} was to be written`,
      );
    if (typeof value !== 'string') {
      const bytes = new Uint8Array(length);
      bytes.set((value as Uint8Array).subarray(0, length));
      return fixed ? bytes : bytes.subarray(0, Math.min(length, units.length));
    }
    return typeof units === 'string'
      ? units.slice(0, length).padEnd(fixed ? length : 0)
      : (units as string[]).slice(0, length).join('') + ' '.repeat(Math.max(0, fixed ? length - units.length : 0));
  };
}

const isWide = (text: string): boolean => /[\ud800-\udfff]/.test(text);

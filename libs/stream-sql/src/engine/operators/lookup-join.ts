import { EvaluationError } from '../../builtin/signature.ts';
import type { LookupJoinNode, PlanNode } from '../../planner/plan.ts';
import type { Row, Value } from '../../values/data-type.ts';
import { CodeWriter } from '../code/code-writer.ts';
import { ExpressionCode } from '../code/expression-code.ts';
import { rowInput } from '../code/input.ts';
import { keyCode, type Key } from '../code/key-code.ts';
import type { Output, RowKind } from '../operator.ts';
import type { StateReader, StateWriter } from '../state/state-codec.ts';
import type { StateTable } from '../state/state-table.ts';
import type { PairOutput } from '../code/stage-code.ts';
import { matchCode } from './joins/match-code.ts';
import type { Operator, OperatorSetup } from './operator-setup.ts';

/** A key that a lookup join wants answered; `values` are those of `LookupJoinNode.keys`, in their order. */
export interface LookupRequest {
  readonly node: number;
  readonly key: Key;
  readonly values: readonly Value[];
}

/** What the table has under a key cannot be rows of it: whoever waits for that is a bad row. */
export interface BadAnswer {
  readonly code: string;
  readonly reason: string;
}

/** All rows of the table with that key: values of all its columns (unread ones NULL). */
export interface LookupAnswer {
  readonly node: number;
  readonly key: Key;
  readonly rows: readonly Row[] | BadAnswer;
}

/** A row that waits, with its key (undefined: nothing can match), or a watermark that follows the rows before it. */
type Waiting =
  | { readonly kind: RowKind; readonly row: Row; readonly key: Key | undefined; answer: LookupAnswer['rows'] | null }
  | { readonly watermarkMs: number };

const NOTHING: readonly Row[] = [];

/**
 * Looks rows up in an outside table. It asks for nothing itself: rows wait in their order until `onAnswer`, and watermarks behind them. Each
 * row asks anew (the cache is with whoever has the network), but rows that wait for one key at once share one request. Unordered: a
 * row goes as soon as it is answered, never past a watermark. Rows that wait are state: after a restore they ask again.
 */
export class LookupJoin implements Operator {
  readonly inputs: readonly Output[];
  readonly tables: readonly StateTable[] = [];
  watermark = Number.NEGATIVE_INFINITY;
  private readonly ordered: boolean;
  private readonly outer: boolean;
  private readonly capacity: number;
  private readonly output: PairOutput;
  private readonly nulls: Row;
  private readonly bad: OperatorSetup['bad'];
  private readonly ask: (row: Row) => readonly Value[] | undefined;
  private readonly keyOf: (values: readonly Value[]) => Key;
  private readonly matches: (left: Row, right: Row) => boolean;
  private queue: Waiting[] = [];
  private waitingRows = 0;
  private requests = new Map<Key, readonly Value[]>();
  /** Rows that wait for a key that has been asked for, by key. */
  private readonly asked = new Map<Key, Extract<Waiting, { row: Row }>[]>();

  constructor(node: LookupJoinNode & PlanNode, setup: OperatorSetup) {
    const input = setup.inputs[0]!;
    this.ordered = node.lookup.ordered || input.changelog !== 'append';
    this.outer = node.type === 'left';
    this.capacity = node.lookup.capacity;
    this.output = setup.pairOutput(input.columns.length, setup.bad);
    this.bad = setup.bad;
    this.nulls = node.table.columns.map(() => null);
    this.ask = askCode(node, setup);
    this.keyOf = keyOfValues(node);
    this.matches = matchCode(node.condition, input.columns.length, setup);
    this.inputs = [{ push: this.push.bind(this) }];
  }

  get full(): boolean {
    return this.waitingRows >= this.capacity;
  }

  /** Whether rows wait for answers. */
  get holdsRows(): boolean {
    return this.waitingRows > 0;
  }

  /** Keys to ask for that were not handed out yet. */
  takeRequests(node: number): readonly LookupRequest[] {
    if (this.requests.size === 0) return [];
    const requests = [...this.requests].map(([key, values]) => ({ node, key, values }));
    this.requests = new Map();
    return requests;
  }

  private push(kind: RowKind, row: Row): void {
    let values;
    try {
      values = this.ask(row);
    } catch (error) {
      this.bad(error, row);
      return;
    }
    const waiting = { kind, row, key: values === undefined ? undefined : this.keyOf(values), answer: null };
    this.enqueue(waiting, values);
    // A row that waits cannot let others go.
    if (waiting.key === undefined) this.drain();
  }

  private enqueue(waiting: Extract<Waiting, { row: Row }>, values: readonly Value[] | undefined): void {
    this.queue.push(waiting);
    this.waitingRows++;
    if (waiting.key === undefined || values === undefined) {
      waiting.answer = NOTHING;
      return;
    }
    const same = this.asked.get(waiting.key);
    if (same !== undefined) same.push(waiting);
    else {
      this.asked.set(waiting.key, [waiting]);
      this.requests.set(waiting.key, values);
    }
  }

  /** Takes an answer; `drain` lets rows go afterwards. */
  onAnswer({ key, rows }: LookupAnswer): void {
    const waiting = this.asked.get(key);
    if (waiting === undefined) return;
    this.asked.delete(key);
    for (const row of waiting) row.answer = rows;
  }

  onWatermark(watermarkMs: number): void {
    if (this.queue.length === 0) this.watermark = watermarkMs;
    else this.queue.push({ watermarkMs });
  }

  /** Lets rows go that are answered, as far as the order allows. */
  drain(): void {
    const { queue } = this;
    let done = 0;
    for (; done < queue.length; done++) {
      const first = queue[done]!;
      if ('watermarkMs' in first) this.watermark = first.watermarkMs;
      else if (first.answer === null) break;
      else this.emit(first);
    }
    if (done > 0) this.queue = queue.slice(done);
    if (this.ordered || this.queue.length === 0) return;
    // Up to the next watermark, whatever is answered goes.
    let end = this.queue.findIndex((waiting) => 'watermarkMs' in waiting);
    if (end < 0) end = this.queue.length;
    const kept: Waiting[] = [];
    for (const waiting of this.queue.slice(0, end))
      if ('row' in waiting && waiting.answer !== null) this.emit(waiting);
      else kept.push(waiting);
    if (kept.length < end) this.queue = [...kept, ...this.queue.slice(end)];
  }

  private emit({ kind, row, answer }: Extract<Waiting, { row: Row }>): void {
    this.waitingRows--;
    if (answer !== null && 'code' in answer) {
      this.bad(new EvaluationError(answer.code, answer.reason), row);
      return;
    }
    let matched = false;
    for (const found of answer!) {
      try {
        if (!this.matches(row, found)) continue;
      } catch (error) {
        this.bad(error, row);
        return;
      }
      matched = true;
      this.output.push(kind, row, found);
    }
    if (!matched && this.outer) this.output.push(kind, row, this.nulls);
  }

  write(writer: StateWriter): void {
    writer.number(this.watermark);
    writer.count(this.queue.length);
    for (const waiting of this.queue)
      if ('watermarkMs' in waiting) writer.value(waiting.watermarkMs);
      else writer.value([waiting.kind, waiting.row as Value]);
  }

  read(reader: StateReader): void {
    this.watermark = reader.number();
    this.queue = [];
    this.asked.clear();
    this.requests.clear();
    this.waitingRows = 0;
    for (let size = reader.count(); size > 0; size--) {
      const waiting = reader.value();
      if (typeof waiting === 'number') this.queue.push({ watermarkMs: waiting });
      else {
        const [kind, row] = waiting as unknown as readonly [RowKind, Row];
        const values = this.ask(row);
        this.enqueue({ kind, row, key: values === undefined ? undefined : this.keyOf(values), answer: null }, values);
      }
    }
  }

  /** Rows that nothing can match wait for nobody. */
  restored(): void {
    this.drain();
  }
}

/** The values to ask for; undefined when one is NULL or the input condition is not TRUE. */
function askCode(
  node: LookupJoinNode,
  { functions, context }: OperatorSetup,
): (row: Row) => readonly Value[] | undefined {
  const writer = new CodeWriter();
  const expressions = new ExpressionCode(writer, functions, context);
  const input = rowInput('r');
  writer.line('function ask(r) {');
  if (node.inputCondition !== null) expressions.guard(node.inputCondition, input, 'return undefined');
  const values = node.keys.map(({ value }) => {
    const atom = expressions.atom(value, input);
    if (atom.nullable) writer.line(`if (${atom.code} === null) return undefined;`);
    return atom.code;
  });
  writer.line(`return [${values.join(', ')}];`);
  writer.line('}');
  return writer.build('ask');
}

function keyOfValues(node: LookupJoinNode): (values: readonly Value[]) => Key {
  const writer = new CodeWriter();
  const parts = node.keys.map(({ value }, i) => ({ code: `k[${i}]`, type: { ...value.type, nullable: false } }));
  const code = keyCode(parts, writer);
  return writer.build(`function key(k) { return ${code}; }`);
}

import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import type { Condition, Rule } from '@hermes/contracts/rule';
import type { EventFacts } from '@hermes/rules/decide';
import { isForReference } from '@hermes/rules/reference';
import type { Verdict } from '@hermes/rules/verdict';
import { StoppingError } from '@hermes/stream-runtime/stopping-error';
import type { Logger } from 'pino';
import { gatherFacts } from './gathered-facts.ts';
import {
  ANSWERED,
  ASKED,
  DONE,
  type ReferenceAnswer,
  type ReferenceQuestion,
  type ReferenceSetting,
  STARTING,
  STATE,
} from './reference-messages.ts';

/** As it is bundled, beside the service. */
const ENTRY = new URL('./reference-evaluation.js', import.meta.url);

/** For one rule, which takes a fraction of a millisecond as a rule, and seconds with hundreds of conditions on all of a large event. */
const PATIENCE_MS = 30_000;
/** For a start, which takes one or two seconds on a slow machine. */
const START_PATIENCE_MS = 20_000;

export interface ReferenceEvaluatorOptions {
  readonly entry?: URL;
  readonly patienceMs?: number;
}

interface Thread {
  readonly worker: Worker;
  readonly port: MessagePort;
  readonly shared: Int32Array;
}

/**
 * What rules say by json-rules-engine, asked in a thread of its own and waited for: nothing else of the process happens meanwhile. A thread
 * that ends, or answers nothing, is an error to who asks, and the next question starts another.
 */
export class ReferenceEvaluator {
  private readonly logger: Pick<Logger, 'error'>;
  private readonly entry: URL;
  private readonly patienceMs: number;
  private readonly texts = new WeakMap<Condition, string>();
  private thread: Thread | undefined;
  private isClosed = false;

  constructor(
    logger: Pick<Logger, 'error'>,
    { entry = ENTRY, patienceMs = PATIENCE_MS }: ReferenceEvaluatorOptions = {},
  ) {
    this.logger = logger;
    this.entry = entry;
    this.patienceMs = patienceMs;
    this.thread = this.start();
  }

  /**
   * What each of the rules says, in turn; undefined of those that json-rules-engine cannot be asked about.
   *
   * @throws StoppingError when nothing is answered
   */
  readonly verdictsOf = (rules: readonly Rule[], facts: EventFacts): readonly (Verdict | undefined)[] => {
    const asked = rules.filter(({ conditions }) => isForReference(conditions));
    if (asked.length === 0) return rules.map(() => undefined);
    const verdicts = this.ask({
      conditions: asked.map(({ conditions }) => this.textOf(conditions)),
      facts: gatherFacts(facts, asked),
    });
    const said = new Map(asked.map((rule, i) => [rule, verdicts[i]]));
    return rules.map((rule) => said.get(rule));
  };

  async close(): Promise<void> {
    this.isClosed = true;
    await this.thread?.worker.terminate();
  }

  private ask(question: ReferenceQuestion): readonly Verdict[] {
    const { port, shared } = (this.thread ??= this.start());
    if (Atomics.wait(shared, STATE, STARTING, START_PATIENCE_MS) === 'timed-out') throw this.gone('does not start');
    Atomics.compareExchange(shared, STATE, ANSWERED, ASKED);
    port.postMessage(question);
    if (!this.isDone(shared)) throw this.gone(`has asked one rule for ${this.patienceMs} ms`);
    const received = receiveMessageOnPort(port) as { readonly message: ReferenceAnswer } | undefined;
    if (received === undefined) throw this.gone('has ended');
    const { message: answer } = received;
    if (answer.kind === 'failed') throw new Error(`json-rules-engine could not be asked: ${answer.message}`);
    return answer.verdicts;
  }

  /** Waits as long as it gets on. */
  private isDone(shared: Int32Array): boolean {
    for (let before = Atomics.load(shared, DONE); ;) {
      if (Atomics.wait(shared, STATE, ASKED, this.patienceMs) !== 'timed-out') return true;
      const done = Atomics.load(shared, DONE);
      if (done === before) return false;
      before = done;
    }
  }

  private textOf(condition: Condition): string {
    let text = this.texts.get(condition);
    if (text === undefined) this.texts.set(condition, (text = JSON.stringify(condition)));
    return text;
  }

  private gone(what: string): StoppingError {
    const { thread } = this;
    this.thread = undefined;
    void thread?.worker.terminate();
    return new StoppingError(`the thread of json-rules-engine ${what}; another is started`);
  }

  private start(): Thread {
    const { port1: port, port2 } = new MessageChannel();
    const shared = new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT));
    shared[STATE] = STARTING;
    const worker = new Worker(this.entry, {
      workerData: { port: port2, shared } satisfies ReferenceSetting,
      transferList: [port2],
    });
    const thread: Thread = { worker, port, shared };
    worker.on('error', (error) => this.logger.error({ err: error }, 'the thread of json-rules-engine broke'));
    worker.on('exit', (code) => {
      if (this.isClosed || this.thread !== thread) return;
      this.logger.error({ code }, 'the thread of json-rules-engine has ended; the next event starts another');
      this.thread = undefined;
    });
    return thread;
  }
}

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
  STARTING,
  type ReferenceAnswer,
  type ReferenceQuestion,
  type ReferenceSetting,
} from './reference-messages.ts';

/** As it is bundled, beside the service. */
const ENTRY = new URL('./reference-evaluation.js', import.meta.url);

/** So many rules are asked about at once, so that an answer which does not come is soon missed. */
const RULES_A_QUESTION = 100;
/** A hundred rules take tenths of a second at most. */
const PATIENCE_MS = 5_000;
/** It takes one or two on a slow machine. */
const START_PATIENCE_MS = 20_000;

export interface ReferenceEvaluatorOptions {
  readonly entry?: URL;
  readonly patienceMs?: number;
}

interface Thread {
  readonly worker: Worker;
  readonly port: MessagePort;
  readonly state: Int32Array;
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
    const said = new Map<Rule, Verdict>();
    for (let from = 0; from < asked.length; from += RULES_A_QUESTION) {
      const those = asked.slice(from, from + RULES_A_QUESTION);
      const verdicts = this.ask({
        conditions: those.map(({ conditions }) => this.textOf(conditions)),
        facts: gatherFacts(facts, those),
      });
      for (const [i, rule] of those.entries()) said.set(rule, verdicts[i]!);
    }
    return rules.map((rule) => said.get(rule));
  };

  async close(): Promise<void> {
    this.isClosed = true;
    await this.thread?.worker.terminate();
  }

  private ask(question: ReferenceQuestion): readonly Verdict[] {
    const { port, state } = (this.thread ??= this.start());
    if (Atomics.wait(state, 0, STARTING, START_PATIENCE_MS) === 'timed-out') throw this.gone('does not start');
    Atomics.compareExchange(state, 0, ANSWERED, ASKED);
    port.postMessage(question);
    const waited = Atomics.wait(state, 0, ASKED, this.patienceMs);
    if (waited === 'timed-out') throw this.gone(`did not answer within ${this.patienceMs} ms`);
    const received = receiveMessageOnPort(port) as { readonly message: ReferenceAnswer } | undefined;
    if (received === undefined) throw this.gone('has ended');
    const { message: answer } = received;
    if (answer.kind === 'failed') throw new Error(`json-rules-engine could not be asked: ${answer.message}`);
    return answer.verdicts;
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
    const state = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)).fill(STARTING);
    const worker = new Worker(this.entry, {
      workerData: { port: port2, state } satisfies ReferenceSetting,
      transferList: [port2],
    });
    const thread: Thread = { worker, port, state };
    worker.on('error', (error) => this.logger.error({ err: error }, 'the thread of json-rules-engine broke'));
    worker.on('exit', (code) => {
      if (this.isClosed || this.thread !== thread) return;
      this.logger.error({ code }, 'the thread of json-rules-engine has ended; the next event starts another');
      this.thread = undefined;
    });
    return thread;
  }
}

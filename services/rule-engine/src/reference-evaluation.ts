/** The thread that asks json-rules-engine: that answers with promises, and who waits here for its answer cannot await one. */
import { workerData } from 'node:worker_threads';
import type { Condition } from '@hermes/contracts/rule';
import { namedOnce } from '@hermes/rules/named-once';
import { referenceVerdict } from '@hermes/rules/reference';
import type { Verdict } from '@hermes/rules/verdict';
import { factsOf } from './evaluation/gathered-facts.ts';
import {
  ANSWERED,
  DONE,
  ENDED,
  type ReferenceAnswer,
  type ReferenceQuestion,
  type ReferenceSetting,
  STATE,
} from './evaluation/reference-messages.ts';

/** More than all projects' rules are likely to be. */
const KEPT_CONDITIONS = 20_000;

const { port, shared } = workerData as ReferenceSetting;

/** Who waits is in the same process, and blocked: this is all that it can see. */
function signal(what: typeof ANSWERED | typeof ENDED): void {
  Atomics.store(shared, STATE, what);
  Atomics.notify(shared, STATE);
}

const conditionOf = namedOnce(KEPT_CONDITIONS, (text) => JSON.parse(text) as Condition);

async function verdictsOf({ conditions, facts }: ReferenceQuestion): Promise<readonly Verdict[]> {
  const given = { ...factsOf(facts) };
  const verdicts: Verdict[] = [];
  for (const text of conditions) {
    verdicts.push(await referenceVerdict(conditionOf(text)!, given));
    Atomics.add(shared, DONE, 1);
  }
  return verdicts;
}

process.on('exit', () => signal(ENDED));
port.on('message', (question: ReferenceQuestion) => {
  void verdictsOf(question)
    .then(
      (verdicts): ReferenceAnswer => ({ kind: 'said', verdicts }),
      (error: unknown): ReferenceAnswer => ({ kind: 'failed', message: String(error) }),
    )
    .then((answer) => {
      port.postMessage(answer);
      signal(ANSWERED);
    });
});
signal(ANSWERED);

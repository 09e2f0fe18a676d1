import type { HermesEvent } from '@hermes/contracts/event';
import type { Lookup } from '@hermes/contracts/lookup';
import type { Lookups } from '@hermes/rules/lookup-fact';
import type { LookupQuestion } from '@hermes/rules/lookup-questions';
import type { StepContext } from '@hermes/stream-runtime/logic';
import type { Answers } from '@hermes/stream-runtime/processor-options';
import { fellBack, type LookupAnswer } from '../lookups/lookup-answer.ts';
import type { RuleSet } from './rule-set.ts';

const textOf = ({ id, key }: LookupQuestion): string => JSON.stringify([id, key]);

function questionIn(text: string): LookupQuestion {
  const [id, key] = JSON.parse(text) as [string, string];
  return { id, key };
}

/** What the runtime has to ask before the event is evaluated. */
export const questionsAbout = ({ questions }: Pick<RuleSet, 'questions'>, event: HermesEvent): readonly string[] =>
  questions.of(event).map(textOf);

/** What was answered. What nobody asked in time, as in a run over the past, is the lookup's fallback. */
export const lookedUp =
  (set: RuleSet, context: Pick<StepContext<unknown, unknown>, 'answerTo'>): Lookups =>
  (id, key) => {
    const answer = context.answerTo(textOf({ id, key })) as LookupAnswer | undefined;
    if (answer !== undefined) return answer;
    const lookup = set.lookupOf(id);
    return lookup === undefined ? gone(id) : fellBack(lookup, 'it was not asked');
  };

const gone = (id: string): LookupAnswer => ({ from: 'fallback', reason: `there is no lookup "${id}" any more` });

/** Asks everything at once. @param set - the rules in force, with what they look up with */
export async function answersTo(
  set: RuleSet,
  questions: readonly string[],
  ask: (lookup: Lookup, key: string) => Promise<LookupAnswer>,
): Promise<Answers> {
  const answered = questions.map(async (question): Promise<[string, LookupAnswer]> => {
    const { id, key } = questionIn(question);
    const lookup = set.lookupOf(id);
    return [question, lookup === undefined ? gone(id) : await ask(lookup, key)];
  });
  return new Map(await Promise.all(answered));
}

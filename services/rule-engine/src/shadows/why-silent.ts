import type { Decision, TraceEntry } from '@hermes/contracts/decision';
import type { RuleDraft } from '@hermes/contracts/rule';
import { dryRunner } from '@hermes/rules/decide';
import { featuresCounted } from '@hermes/rules/features-of-rule';
import { listsNamed } from '@hermes/rules/lists-named';
import { lookupsNamed } from '@hermes/rules/lookups-named';
import { memoriesNamed } from '@hermes/rules/memory/memories-named';
import { personsNamed } from '@hermes/rules/persons-named';

/** What a rule says of an event of which it made no decision. */
export interface Silence {
  readonly trace: readonly TraceEntry[];
  /** Its conditions hold. */
  readonly isKeptBack: boolean;
}

const UNKNOWN: Silence = { trace: [], isKeptBack: false };
const unknown = (): Silence => UNKNOWN;

/** What its actions ask for says nothing of whether it fires. */
const asksMore = ({ conditions }: RuleDraft): boolean =>
  [
    featuresCounted({ conditions }),
    lookupsNamed({ conditions }),
    memoriesNamed(conditions),
    listsNamed(conditions),
    personsNamed(conditions),
  ].some(({ length }) => length > 0);

/**
 * Says of events that another version of the rule decided on why this one did not: asked anew, which tells the same of the event alone. Of features, lists,
 * lookups, persons and what came before nothing is known any more, so of a version that asks for these nothing is said.
 *
 * @param rule - undefined: it is not known which it was
 */
export function whySilent(rule: RuleDraft | undefined): (decision: Decision) => Silence {
  if (rule === undefined || asksMore(rule)) return unknown;
  const run = dryRunner(rule);
  return ({ event, subject, project, receivedAt }) => {
    if (!rule.eventTypes.includes(event.type)) return UNKNOWN;
    const { outcome, trace } = run({ ...event, subject, project, receivedat: receivedAt } as Parameters<typeof run>[0]);
    return { trace, isKeptBack: outcome === 'fires' };
  };
}

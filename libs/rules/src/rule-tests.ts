import { type TraceEntry, tracedPlace } from '@hermes/contracts/decision';
import type { RuleDraft } from '@hermes/contracts/rule';
import type { RuleProblem } from './frame-problems.ts';
import { dryRunner } from './decide.ts';
import { emptyLists, givenLists } from './list-operators.ts';

/** As much of a value as a sentence takes. */
const SHOWN = 80;
const shown = (value: unknown): string => {
  const json = JSON.stringify(value) ?? 'missing';
  return json.length <= SHOWN ? json : `${json.slice(0, SHOWN)}…`;
};

const saw = (entry: TraceEntry): string => {
  const { operator = '', actual, expected, outcome } = entry;
  const said = outcome === 'unknown' ? 'cannot be decided' : `is ${outcome}`;
  return `${tracedPlace(entry)} was ${shown(actual)}, and "${operator} ${shown(expected)}" ${said}`;
};

/**
 * Tests of a rule that it does not pass, with what its conditions saw: those comparisons because of which it did not fire. A rule that cannot be decided does not
 * fire.
 *
 * @param draft - its conditions placed in a time zone (`inTimeZone`)
 */
export function failedTests(draft: RuleDraft): readonly RuleProblem[] {
  const tests = draft.tests ?? [];
  if (tests.length === 0) return [];
  const run = dryRunner(draft);
  return tests.flatMap((test, i): RuleProblem[] => {
    const { name, event, features, lookups, person, lists = {}, previous, earlier, waits, fires } = test;
    const { type = draft.eventTypes[0]!, ...rest } = event;
    const list = givenLists(lists, emptyLists);
    const { interested, outcome, trace } = run(
      { ...rest, type },
      { features, lookups, person, list, previous, earlier, waits },
    );
    if ((interested && outcome === 'fires') === fires) return [];
    const asked = trace.filter((entry) => entry.operator !== undefined && entry.outcome !== 'skipped');
    const notTrue = asked.filter((entry) => entry.outcome !== 'true');
    // Under a "not" it may be one that is true.
    const because = notTrue.length > 0 ? notTrue : asked;
    const why = !interested
      ? `it does not look at "${type}"`
      : because.length === 0
        ? 'it has no comparison that was asked'
        : because.map(saw).join('; ');
    const message = fires ? `it does not fire: ${why}` : 'it fires, and should not';
    return [{ pointer: `/tests/${i}`, code: 'failed-test', message: `test "${name}" fails: ${message}` }];
  });
}

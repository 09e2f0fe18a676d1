import { type TraceEntry, tracedPlace } from '@hermes/contracts/decision';
import type { RuleDraft } from '@hermes/contracts/rule';
import type { Bilingual } from '@hermes/contracts/event-type';
import { dryRunner } from './decide.ts';
import type { Finding } from './finding.ts';
import { emptyLists, givenLists } from './list-operators.ts';
import { both } from './words.ts';

/** As much of a value as a sentence takes. */
const SHOWN = 80;
const shown = (value: unknown): string => {
  const json = JSON.stringify(value) ?? 'missing';
  return json.length <= SHOWN ? json : `${json.slice(0, SHOWN)}…`;
};

const SAID: Readonly<Record<string, Bilingual>> = {
  true: both('is true', '成立'),
  false: both('is false', '不成立'),
  unknown: both('cannot be decided', '无法判断'),
};

function saw(entry: TraceEntry): Bilingual {
  const { operator = '', actual, expected, outcome } = entry;
  const [said, place, asked] = [SAID[outcome]!, tracedPlace(entry), `${operator} ${shown(expected)}`];
  return both(
    `${place} was ${shown(actual)}, and "${asked}" ${said.en}`,
    `${place} 的值是 ${shown(actual)}，“${asked}”${said.zh}`,
  );
}

const FIRED = both('it fires, and should not', '规则触发了，但不应触发');
const NOT_ASKED = both('it has no comparison that was asked', '没有任何比较被判断');
const notLookedAt = (type: string): Bilingual => both(`it does not look at "${type}"`, `它不看“${type}”`);

/**
 * Tests of a rule that it does not pass, with what its conditions saw: those comparisons because of which it did not fire. A rule that cannot be decided does not
 * fire.
 *
 * @param draft - its conditions placed in a time zone (`inTimeZone`)
 */
export function failedTests(draft: RuleDraft): readonly Finding[] {
  const tests = draft.tests ?? [];
  if (tests.length === 0) return [];
  const run = dryRunner(draft);
  return tests.flatMap((test, i): Finding[] => {
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
    const why = !interested ? [notLookedAt(type)] : because.length === 0 ? [NOT_ASKED] : because.map(saw);
    const silent = both(
      `it does not fire: ${why.map(({ en }) => en).join('; ')}`,
      `规则没有触发：${why.map(({ zh }) => zh).join('；')}`,
    );
    const { en, zh } = fires ? silent : FIRED;
    const text = both(`test "${name}" fails: ${en}`, `测试“${name}”未通过：${zh}`);
    return [{ pointer: `/tests/${i}`, code: 'failed-test', text }];
  });
}

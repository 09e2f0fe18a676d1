import type { Bilingual } from '@hermes/contracts/event-type';
import type { Language } from '@hermes/contracts/language';
import type { EarlierEvent, RuleDraft, RuleTest, TimeSpan } from '@hermes/contracts/rule';
import type { ObservedEvents } from '@hermes/contracts/rule-memory';
import type { FilledTemplate, RuleTemplate, TemplateField } from '@hermes/contracts/rule-template';
import { CHECKS } from '@hermes/itinerary/catalogue';
import type { FindingKind } from '@hermes/itinerary/finding';
import type { ObservationKind } from '@hermes/itinerary/observation';
import { type PlacesOf, sourcesOf } from '@hermes/itinerary/observed-events';
import type { ParameterField } from '@hermes/itinerary/parameters';
import { checkRule } from '../check-rule.ts';
import type { RuleProblem } from '../frame-problems.ts';
import { inLanguage } from '../finding.ts';
import { keyOfCheck } from '../memory/memory-findings.ts';
import { placedMemories } from '../memory/placed-memories.ts';
import { failedTests } from '../rule-tests.ts';
import { both } from '../words.ts';
import { type CheckStory, storiesOf } from './check-story.ts';
import { storyEvent } from './story-event.ts';

const KINDS = Object.keys(CHECKS) as FindingKind[];

export const isTemplate = (kind: string): kind is FindingKind => (KINDS as readonly string[]).includes(kind);

const COUNTED: RuleTemplate['counted'] = {
  atLeast: {
    kind: 'number',
    name: 'atLeast',
    title: both('Only from so many findings on', '发现次数达到'),
    unit: both('times', '次'),
    default: 1,
    min: 1,
    max: 100,
  },
  withinDays: {
    kind: 'number',
    name: 'withinDays',
    title: both('Within', '在此期限内'),
    unit: both('days', '天'),
    default: 7,
    min: 1,
    max: 366,
  },
};

const fieldOf = (name: string, field: ParameterField): TemplateField =>
  field.kind === 'choice' ? { ...field, name, choices: [...field.choices] } : { ...field, name };

/** Every check on a broker's day as a rule that is filled in with a form. */
export const ruleTemplates = (): readonly RuleTemplate[] =>
  KINDS.map((kind): RuleTemplate => {
    const { title, description, fields } = CHECKS[kind];
    return {
      kind,
      title,
      description,
      fields: Object.entries(fields).map(([name, field]) => fieldOf(name, field)),
      counted: COUNTED,
    };
  });

/** The events that a decision is about. */
const DECIDED_ON: Readonly<Partial<Record<FindingKind, readonly ObservationKind[]>>> = {
  'no-show': ['appointment'],
  'check-in-without-appointment': ['check-in'],
  'showing-without-check-in': ['showing'],
  'off-route': ['fix'],
};

/** How long one is not told again of what goes on. */
const SUPPRESSIONS: Readonly<Partial<Record<FindingKind, TimeSpan>>> = {
  'impossible-travel': { hours: 1 },
  'mocked-position': { hours: 12 },
  'off-route': { hours: 1 },
  stationary: { hours: 2 },
};

/** A Monday afternoon in the project's time zone, or nearly: within working hours everywhere between Tokyo and Lisbon. */
const someAfternoon = (timeZone: string): number => {
  const noonMs = Date.UTC(2026, 2, 2, 12);
  const local = new Intl.DateTimeFormat('en-US', { timeZone, hour: 'numeric', hourCycle: 'h23' }).format(noonMs);
  return noonMs + (15 - Number(local)) * 3_600_000;
};

const secondsOf = (minutes: number): number => Math.round(minutes * 60);

function testOf(
  name: string,
  story: CheckStory,
  before: readonly EarlierEvent[],
  fires: boolean,
  told: Told,
): RuleTest {
  const events = story.told.map(({ minute, observation }) => ({ minute, ...storyEvent(observation, told.events) }));
  const last = events.at(-1)!;
  const earlier = events
    .slice(0, -1)
    .map(({ minute, ...event }): EarlierEvent => ({ ...event, before: { seconds: secondsOf(-minute) } }));
  const waits = story.waitMinutes === undefined ? undefined : { seconds: Math.max(1, secondsOf(story.waitMinutes)) };
  const { type, subject, data } = last;
  return {
    name,
    ...(before.length + earlier.length === 0 ? {} : { earlier: [...before, ...earlier] }),
    event: { type, subject, time: new Date(told.endMs).toISOString(), data },
    ...(waits === undefined ? {} : { waits }),
    fires,
  };
}

interface Told {
  readonly events: ObservedEvents;
  readonly endMs: number;
}

const NAMES = { found: both('what it is to find', '应当发现'), nothing: both('as it should be', '正常情况') };

/** Tests that the rule passes: found once too seldom, or nothing to find; and found. Empty where no short story tells of it. */
function testsOf(
  draft: RuleDraft,
  kind: FindingKind,
  params: Params,
  timeZone: string,
  language: Language,
): RuleTest[] {
  const { parameters, events, atLeast = 1, withinDays = 0 } = params;
  const endMs = someAfternoon(timeZone);
  const told = { events, endMs };
  const stories = storiesOf(kind, parameters, endMs, 'last');
  if (stories === undefined) return [];
  // Those before it, each on a day of its own where there are enough.
  const days = Math.floor(withinDays / atLeast);
  const apartMinutes = days >= 1 ? days * 1_440 : (withinDays * 1_440) / (atLeast + 1);
  const before = Array.from({ length: atLeast - 1 }, (_, i) => i + 1).flatMap((back): readonly EarlierEvent[] => {
    const minutes = Math.floor(apartMinutes * back);
    const story = storiesOf(kind, parameters, endMs - minutes * 60_000, `before-${String(back)}`)!.found;
    return story.told.map(({ minute, observation }) => {
      return { ...storyEvent(observation, events), before: { seconds: secondsOf(minutes - minute) } };
    });
  });
  const tests = [
    testOf(NAMES.found[language], stories.found, before, true, told),
    testOf(NAMES.nothing[language], stories.nothing, before, false, told),
  ];
  const read = checkRule({ ...draft, tests });
  return read.kind === 'ok' && failedTests(read.draft).length === 0 ? tests : [];
}

interface Params {
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly events: ObservedEvents;
  readonly atLeast?: number;
  readonly withinDays?: number;
}

export interface TemplateSurroundings {
  readonly placesOf: PlacesOf;
  readonly timeZone: string;
  readonly language: Language;
}

export type TemplateDraft =
  | { readonly kind: 'ok'; readonly draft: RuleDraft }
  | { readonly kind: 'rejected'; readonly problems: readonly RuleProblem[] };

const counts = (atLeast: number, withinDays: number): Bilingual =>
  both(
    `, ${String(atLeast)} times or more in ${String(withinDays)} days`,
    `，${String(withinDays)} 天内 ${String(atLeast)} 次及以上`,
  );

/** The draft of a rule from what a form gave: with a suppression and tests, and unsaved. */
export function templateDraft(
  kind: FindingKind,
  { name, severity = 'warning', ...given }: FilledTemplate,
  { placesOf, timeZone, language }: TemplateSurroundings,
): TemplateDraft {
  const { atLeast = 1, withinDays = 7 } = given;
  const isCounted = atLeast > 1;
  const params = {
    check: kind,
    ...(given.parameters === undefined ? {} : { parameters: given.parameters }),
    ...(given.events === undefined ? {} : { events: given.events }),
    ...(isCounted ? { atLeast, withinDays } : {}),
  };
  const title = both(
    `${CHECKS[kind].title.en}${isCounted ? counts(atLeast, withinDays).en : ''}`,
    `${CHECKS[kind].title.zh}${isCounted ? counts(atLeast, withinDays).zh : ''}`,
  );
  const suppression = isCounted ? { days: Math.min(31, Math.max(1, Math.floor(withinDays))) } : SUPPRESSIONS[kind];
  const conditions = { all: [{ fact: 'itinerary', params, operator: 'equal', value: true }] };
  const asked = {
    name: name ?? title[language],
    eventTypes: ['x'],
    conditions,
    event: { type: kind },
    severity,
    ...(suppression === undefined ? {} : { suppression }),
    alert: true,
  };
  const read = checkRule(asked, language);
  if (read.kind === 'rejected')
    // A form has no conditions: places are those of what it gave.
    return {
      ...read,
      problems: read.problems.map((one) => ({
        ...one,
        pointer: one.pointer.replace(/^\/conditions\/all\/0\/params/u, ''),
      })),
    };
  const placed = placedMemories(read.draft.conditions, placesOf, timeZone);
  if (placed.problems.length > 0)
    return {
      kind: 'rejected',
      problems: inLanguage(placed.problems, language).map((one) => ({
        ...one,
        pointer: one.pointer.replace(/^\/conditions\/all\/0\/params/u, ''),
      })),
    };
  // The one condition that was written above.
  const { all } = placed.conditions as unknown as { readonly all: readonly [{ readonly params: Params }] };
  const { params: written } = all[0];
  const decidedOn = DECIDED_ON[kind] ?? CHECKS[kind].observes;
  const eventTypes = [...new Set(decidedOn.flatMap((one) => sourcesOf(one, written.events).map(({ type }) => type)))];
  const key = keyOfCheck(kind, written.events);
  const draft: RuleDraft = {
    ...read.draft,
    eventTypes,
    conditions: placed.conditions,
    ...(key === undefined ? {} : { key }),
  };
  return { kind: 'ok', draft: { ...draft, tests: testsOf(draft, kind, written, timeZone, language) } };
}

import type { Bilingual } from '@hermes/contracts/event-type';
import { AbsenceParams, EventPattern, ItineraryParams, SequenceParams } from '@hermes/contracts/rule-memory';
import { CHECKS } from '@hermes/itinerary/catalogue';
import type { FindingKind } from '@hermes/itinerary/finding';
import type { ParameterField } from '@hermes/itinerary/parameters';
import { z } from 'zod';
import type { Fields } from '../fields.ts';
import { isFields } from '../fields.ts';
import type { Finding } from '../finding.ts';
import { inChinese, unknownWord } from '../rule-words.ts';
import { adviceFor } from '../suggestion.ts';
import { both } from '../words.ts';
import type { MemoryFact } from './memory-fact.ts';

/** The conditions in them are checked as others are, with words of their own. */
const Pattern = EventPattern.extend({ that: z.unknown().optional() });
const Patterns = z.union([Pattern, z.array(Pattern).min(1).max(4)]);

const FRAMES: Readonly<Record<MemoryFact, z.ZodType>> = {
  sequence: SequenceParams.extend({ first: Pattern, then: Patterns, without: Patterns.optional() }),
  absence: AbsenceParams.extend({ after: Pattern, no: Patterns }),
  itinerary: ItineraryParams,
};

const FIELDS: Readonly<Record<MemoryFact, readonly string[]>> = {
  sequence: ['first', 'then', 'without', 'within', 'same'],
  absence: ['after', 'no', 'within', 'from', 'same'],
  itinerary: ['check', 'parameters', 'events', 'atLeast', 'withinDays'],
};

const EXAMPLES: Readonly<Record<MemoryFact, string>> = {
  sequence:
    '{"first": {"type": "appointment.created"}, "then": {"type": "showing.checked_in"}, "within": {"hours": 2}, "same": ["$.data.appointmentId"]}',
  absence: '{"after": {"type": "customer.called"}, "no": {"type": "customer.visited"}, "within": {"days": 2}}',
  itinerary: '{"check": "no-show", "parameters": {"waitMinutes": 30}}',
};

export const CHECK_KINDS = Object.keys(CHECKS) as readonly FindingKind[];
export const isCheckKind = (check: unknown): check is FindingKind =>
  (CHECK_KINDS as readonly unknown[]).includes(check);

const pointerOf = (path: readonly PropertyKey[]): string =>
  path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

/** The deepest of what a union could not be. */
function deepest(issue: z.core.$ZodIssue): readonly z.core.$ZodIssue[] {
  if (issue.code !== 'invalid_union') return [issue];
  const branches = issue.errors.map((errors) => errors.flatMap(deepest));
  const depthOf = (issues: readonly z.core.$ZodIssue[]): number =>
    Math.max(0, ...issues.map(({ path }) => path.length + 1));
  const [best] = branches.toSorted((a, b) => depthOf(b) - depthOf(a));
  return (best ?? []).map((one) => ({ ...one, path: [...issue.path, ...one.path] }));
}

/** What is wrong with what a fact with a memory is to remember, but for the conditions on events in it. */
export function memoryProblems(fact: MemoryFact, params: Fields, pointer: string): readonly Finding[] {
  const example = both(`for example "params": ${EXAMPLES[fact]}`, `例如 "params": ${EXAMPLES[fact]}`);
  if (Object.keys(params).length === 0) {
    const text = both(`say what "${fact}" looks at, ${example.en}`, `请写明“${fact}”看什么，${example.zh}`);
    return [{ pointer, code: 'missing-field', text }];
  }
  const frame = FRAMES[fact].safeParse(params);
  if (!frame.success) {
    const zh = FRAMES[fact].safeParse(params, { error: z.locales.zhCN().localeError });
    const [english, chinese] = [frame.error.issues, zh.error?.issues ?? []].map((issues) => issues.flatMap(deepest));
    return english!.flatMap((issue, i): readonly Finding[] => {
      const at = `${pointer}${pointerOf(issue.path)}`;
      if (issue.code === 'unrecognized_keys' && issue.path.length === 0)
        return issue.keys.map((key) => ({
          pointer: `${at}${pointerOf([key])}`,
          code: 'unknown-field',
          text: unknownWord('field', key, FIELDS[fact]),
        }));
      const said = chinese![i]?.message ?? issue.message;
      return [{ pointer: at, code: 'invalid-field', text: both(issue.message, inChinese(said)) }];
    });
  }
  return fact === 'itinerary' ? itineraryProblems(frame.data as ItineraryParams, pointer) : [];
}

/** What a parameter has to be, in both languages. */
function fieldText(field: ParameterField): Bilingual {
  const { en, zh } = field.title;
  switch (field.kind) {
    case 'number': {
      const { min, max, unit } = field;
      return both(
        `"${en}" is a number from ${String(min)} to ${String(max)} ${unit.en}`,
        `“${zh}”是 ${String(min)} 到 ${String(max)} ${unit.zh}的数字`,
      );
    }
    case 'choice': {
      const values = field.choices.map(({ value }) => value).join(', ');
      return both(`"${en}" is one of ${values}`, `“${zh}”是其中之一：${values}`);
    }
    case 'yes-no':
      return both(`"${en}" is true or false`, `“${zh}”是 true 或 false`);
    case 'time-zone':
      return both(`"${en}" is a time zone such as "Asia/Shanghai"`, `“${zh}”是时区，例如“Asia/Shanghai”`);
  }
}

function itineraryProblems({ check, parameters = {} }: ItineraryParams, pointer: string): readonly Finding[] {
  if (!isCheckKind(check)) {
    const advice = adviceFor(check, CHECK_KINDS);
    const text = both(`there is no check "${check}"; ${advice.en}`, `没有检查“${check}”；${advice.zh}`);
    return [{ pointer: `${pointer}/check`, code: 'unknown-check', text }];
  }
  const template = CHECKS[check];
  const read = template.withParameters(parameters);
  if (read.kind === 'ok') return [];
  const known = Object.keys(template.fields);
  const strangers = isFields(parameters) ? Object.keys(parameters).filter((name) => !known.includes(name)) : [];
  const unknown = strangers.map((name): Finding => ({
    pointer: `${pointer}/parameters${pointerOf([name])}`,
    code: 'unknown-field',
    text: unknownWord('field', name, known),
  }));
  const wrong = read.problems.flatMap(({ pointer: at, message }): readonly Finding[] => {
    const field = template.fields[at.slice(1)];
    if (at === '' && strangers.length > 0) return [];
    const text = field === undefined ? both(message, inChinese(message)) : fieldText(field);
    return [{ pointer: `${pointer}/parameters${at}`, code: 'invalid-field', text }];
  });
  return [...unknown, ...wrong];
}

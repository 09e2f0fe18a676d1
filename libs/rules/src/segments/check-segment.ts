import type { Feature } from '@hermes/contracts/feature';
import type { Language } from '@hermes/contracts/language';
import { SegmentDraft } from '@hermes/contracts/profile-segment';
import type { Condition } from '@hermes/contracts/rule';
import { z } from 'zod';
import { askedComparisons } from '../asked-comparison.ts';
import { checkCondition } from '../check-rule.ts';
import { MAX_RULE_LENGTH } from '../rule-limits.ts';
import { contradictionsOf } from '../contradictions.ts';
import { referenceIn } from '../expected-value.ts';
import { FEATURE_FACT, featureRefOf } from '../feature-fact.ts';
import { featureSchema } from '../feature-schema.ts';
import { isFields } from '../fields.ts';
import { type Finding, inLanguage } from '../finding.ts';
import { frameProblems, type RuleProblem } from '../frame-problems.ts';
import { inTimeZone } from '../in-time-zone.ts';
import { unknownWord } from '../rule-words.ts';
import { typeMismatch } from '../type-mismatches.ts';
import { both } from '../words.ts';

export type CheckedSegment =
  | { readonly kind: 'ok'; readonly draft: SegmentDraft }
  | { readonly kind: 'rejected'; readonly problems: readonly RuleProblem[] };

/** A published feature as segments see it. */
export type SegmentFeature = Pick<Feature, 'id' | 'compute' | 'key'>;

const Frame = SegmentDraft.extend({ condition: z.unknown() });
const KNOWN_FIELDS = Object.keys(SegmentDraft.shape);

const NO_SEGMENT = both('a segment is a JSON object', '人群是一个 JSON 对象');
const tooLong = both(
  `a segment has at most ${MAX_RULE_LENGTH} characters of JSON`,
  `人群的 JSON 最多 ${MAX_RULE_LENGTH} 个字符`,
);
const asksNothing = both(
  'a segment is about features: name at least one, for example {"fact": "feature", "params": {"id": "deals_90d"}, "operator": "greaterThan", "value": 2}',
  '人群以特征为条件：至少写一个，例如 {"fact": "feature", "params": {"id": "deals_90d"}, "operator": "greaterThan", "value": 2}',
);
const ofAnotherKey = (id: string) =>
  both(
    `"${id}" is a feature of another key than the events' subject, which a segment cannot ask for`,
    `“${id}”是按其他键统计的特征，人群不能使用`,
  );

/** What is wrong with how the condition asks for features. */
function* featureFindings(condition: Condition, published: readonly SegmentFeature[]): Generator<Finding> {
  let asked = 0;
  for (const { leaf, pointer } of askedComparisons(condition, '/condition', [])) {
    const places = [
      { place: leaf, at: pointer },
      { place: referenceIn(leaf), at: `${pointer}/value` },
    ];
    for (const { place, at } of places) {
      const ref = place && featureRefOf(place);
      if (ref === undefined) continue;
      asked += 1;
      const feature = published.find(({ id }) => id === ref.id);
      const text =
        feature === undefined
          ? unknownWord(
              'feature',
              ref.id,
              published.filter(({ key }) => key.kind === 'subject').map(({ id }) => id),
            )
          : ofAnotherKey(ref.id);
      if (feature?.key.kind === 'subject') continue;
      yield { pointer: `${at}/params/id`, code: feature === undefined ? 'unknown-feature' : 'unfit-feature', text };
    }
    const feature = published.find(({ id }) => id === featureRefOf(leaf)?.id);
    if (feature === undefined || referenceIn(leaf) !== undefined) continue;
    const types = [{ type: undefined, facts: { [FEATURE_FACT]: featureSchema(feature) } }];
    const mismatch = typeMismatch({ leaf, pointer, types });
    if (mismatch !== undefined) yield mismatch;
  }
  if (asked === 0) yield { pointer: '/condition', code: 'no-feature', text: asksNothing };
}

/** Comparisons because of which nobody could ever be in it. */
function neverHolds(condition: Condition): readonly Finding[] {
  const { findings, neverHolds: never } = contradictionsOf(condition, '/condition');
  return never
    ? findings.map(({ pointer, text }) => ({
        pointer,
        code: 'never-holds',
        text: both(`nobody could be in it: ${text.en}`, `不可能有人在其中：${text.zh}`),
      }))
    : [];
}

/** Versions are not part of a segment: it goes by what profiles show. */
const withoutVersions = (condition: Condition): readonly Finding[] =>
  [...askedComparisons(condition, '/condition', [])].flatMap(({ leaf, pointer }) =>
    Object.keys(leaf.params ?? {})
      .filter((key) => key !== 'id')
      .map((key) => ({
        pointer: `${pointer}/params/${key}`,
        code: 'unknown-field',
        text: unknownWord('field', key, ['id']),
      })),
  );

/**
 * Checks what a person wrote, and says everything that is wrong with it in one answer. A segment that passes compiles, and means the same whatever becomes of
 * the project's time zone.
 *
 * @param published - the newest version of each published feature
 * @param timeZone - the project's, in which times without an offset are meant
 */
export function checkSegment(
  input: unknown,
  published: readonly SegmentFeature[],
  timeZone: string,
  language: Language = 'en',
): CheckedSegment {
  const refused = (findings: readonly Finding[]): CheckedSegment => ({
    kind: 'rejected',
    problems: inLanguage(findings, language),
  });
  if (!isFields(input)) return refused([{ pointer: '', code: 'not-a-segment', text: NO_SEGMENT }]);
  if (JSON.stringify(input).length > MAX_RULE_LENGTH)
    return refused([{ pointer: '', code: 'too-long', text: tooLong }]);
  const inWords = language === 'zh' ? { error: z.locales.zhCN().localeError } : undefined;
  const frame = Frame.safeParse(input, inWords);
  const problems = [
    ...(frame.success ? [] : frameProblems(frame.error, KNOWN_FIELDS, ['en', 'zh'], language)),
    ...checkCondition(input['condition'], '/condition', language, [FEATURE_FACT]),
  ];
  if (!frame.success || problems.length > 0) return { kind: 'rejected', problems };
  const draft = SegmentDraft.safeParse(input, inWords);
  if (!draft.success)
    return { kind: 'rejected', problems: frameProblems(draft.error, KNOWN_FIELDS, ['en', 'zh'], language) };
  const condition = inTimeZone(draft.data.condition, timeZone);
  const findings = [...withoutVersions(condition), ...featureFindings(condition, published), ...neverHolds(condition)];
  return findings.length > 0 ? refused(findings) : { kind: 'ok', draft: { ...draft.data, condition } };
}

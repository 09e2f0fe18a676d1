import type { FeatureValue } from '@hermes/contracts/profile';
import type { CompiledFeature } from './compile-feature.ts';
import type { AnsweredFeature } from './feature-set.ts';
import { foldedIn, Frames, ratioValue, type StateOf, valueIn } from './feature-view.ts';
import type { SubjectState } from './subject-state.ts';

/** What stands behind a value in every answer of a feature, for as long as its interval is the same. */
interface Behind {
  readonly interval: FeatureValue['interval'];
  readonly text: string;
}

const behind = new WeakMap<CompiledFeature, Behind>();

function behindValue(feature: CompiledFeature, interval: FeatureValue['interval']): string {
  const newest = behind.get(feature);
  // The view gives the same interval as the same object.
  if (newest?.interval === interval) return newest.text;
  const { version, unit } = feature.feature;
  const text = `,${JSON.stringify({ version, interval, unit }).slice(1, -1)}`;
  behind.set(feature, { interval, text });
  return text;
}

const jsonOf = (value: unknown): string =>
  typeof value === 'number' && Number.isFinite(value) ? String(value) : JSON.stringify(value);

function textIn(frames: Frames, feature: CompiledFeature, state: SubjectState | undefined): string {
  const found = foldedIn(feature, state, frames.nowMs);
  const { context, interval } = frames.of(feature.tiling);
  const late = found.late > 0 ? `,"late":${String(found.late)}` : '';
  const { aggregate } = feature;
  const after = behindValue(feature, interval);
  if (aggregate.json !== undefined) return `{"value":${aggregate.json(found.state)}${after}${late}}`;
  const { value, exact, bound } = aggregate.value(found.state, context);
  let text = `{"value":${jsonOf(value)}${after}`;
  if (exact !== undefined) text += `,"exact":"${exact}"`;
  if (bound !== undefined) text += `,"bound":${jsonOf(bound)}`;
  return `${text}${late}}`;
}

const names = new Map<string, string>();
const MOST_NAMES = 10_000;

function nameOf(id: string): string {
  let name = names.get(id);
  if (name === undefined) {
    if (names.size >= MOST_NAMES) names.clear();
    names.set(id, (name = `${JSON.stringify(id)}:`));
  }
  return name;
}

/**
 * `JSON.stringify(featureValues(...))`, without the values: they are written as they are found, and what is the same in every answer is
 * written once. A read of twenty features costs a third so.
 */
export function featuresText(
  features: Iterable<readonly [string, AnsweredFeature]>,
  stateOf: StateOf,
  nowMs: number,
): string {
  const frames = new Frames(nowMs);
  let text = '';
  for (const [id, answered] of features) {
    const answer =
      answered.kind === 'counted'
        ? textIn(frames, answered.feature, stateOf(answered.feature))
        : JSON.stringify(
            ratioValue(
              answered.feature,
              valueIn(frames, answered.numerator, stateOf(answered.numerator)),
              valueIn(frames, answered.denominator, stateOf(answered.denominator)),
            ),
          );
    text += text === '' ? `${nameOf(id)}${answer}` : `,${nameOf(id)}${answer}`;
  }
  return `{${text}}`;
}

import { durationMs, FeatureDraft, type FeatureWindow } from '@hermes/contracts/feature';
import { PLATFORM_TYPE_PREFIX } from '@hermes/contracts/attributes';
import { checkCondition } from '@hermes/rules/check-rule';
import { frameProblems, type RuleProblem } from '@hermes/rules/frame-problems';
import { pathProblem } from '@hermes/rules/json-path';
import { z } from 'zod';

export type FeatureProblem = RuleProblem;

export type CheckedFeature =
  | { readonly kind: 'ok'; readonly draft: FeatureDraft }
  | { readonly kind: 'rejected'; readonly problems: readonly FeatureProblem[] };

/** The whole feature as JSON: it travels in one record. */
export const MAX_FEATURE_LENGTH = 65_536;

/** Everything but the filter, which gets messages of its own. */
const Frame = FeatureDraft.extend({ filter: z.unknown().optional() });
const KNOWN_FIELDS = Object.keys(FeatureDraft.shape);

/** A filter sees the event alone: features of features would have to be computed in an order. */
const FILTER_FACTS = ['event'];

type Compute = FeatureDraft['compute'];

const pathsOf = (compute: Compute): readonly (readonly [field: string, path: string])[] =>
  (['path', 'longitude', 'latitude'] as const).flatMap((field) => {
    const path = (compute as Readonly<Record<string, unknown>>)[field];
    return typeof path === 'string' ? [[field, path] as const] : [];
  });

const isAttribute = (compute: Compute): compute is Extract<Compute, { kind: 'set' | 'set-once' }> =>
  compute.kind === 'set' || compute.kind === 'set-once';

/** What no schema can say: which parts go together. */
function* combinations(draft: FeatureDraft): Generator<FeatureProblem> {
  const { compute, window, eventTypes, key } = draft;
  const refuse = (pointer: string, code: string, message: string): FeatureProblem => ({ pointer, code, message });
  if (compute.kind === 'ratio') {
    for (const field of ['filter', 'ttl', 'lateLimit'] as const) {
      if (draft[field] !== undefined)
        yield refuse(`/${field}`, 'not-for-ratio', `a ratio is computed from two features: set "${field}" on those`);
    }
    if (eventTypes.length > 0)
      yield refuse(
        '/eventTypes',
        'not-for-ratio',
        'a ratio is computed from two features, and looks at no events itself',
      );
    if (window.kind !== 'all-time')
      yield refuse('/window', 'not-for-ratio', 'a ratio has the windows of its two features');
    return;
  }
  const takesWrites = isAttribute(compute) && compute.writable !== undefined;
  if (eventTypes.length === 0 && !takesWrites)
    yield refuse('/eventTypes', 'missing-field', 'name at least one event type, for example "deal.signed"');
  for (const [i, type] of eventTypes.entries()) {
    if (type.startsWith(PLATFORM_TYPE_PREFIX))
      yield refuse(`/eventTypes/${i}`, 'reserved-type', 'types that begin with "hermes." are the platform\'s own');
  }
  if (isAttribute(compute)) {
    if (window.kind !== 'all-time')
      yield refuse(
        '/window',
        'not-for-attribute',
        'an attribute has no window; use "last" or "first" for a value in a window',
      );
    if (eventTypes.length > 0 && compute.path === undefined)
      yield refuse('/compute/path', 'missing-field', 'say where in the event the value is, for example "$.data.tier"');
    if (eventTypes.length === 0 && compute.path !== undefined)
      yield refuse('/eventTypes', 'missing-field', 'name the event types in which the path is found');
    if (takesWrites && key.kind !== 'subject')
      yield refuse(
        '/key',
        'not-for-attribute',
        'an attribute that is written directly belongs to the subject that is written',
      );
    const { writable } = compute;
    for (const [i, value] of (writable?.allowed ?? []).entries()) {
      if (typeof value !== writable?.type)
        yield refuse(`/compute/writable/allowed/${i}`, 'wrong-type', `this is no ${writable?.type ?? ''}`);
    }
  }
  if (compute.kind === 'rate' && window.kind === 'all-time')
    yield refuse('/window', 'missing-field', 'a rate needs a sliding or a calendar window');
  yield* limits(draft, window);
}

function* limits({ lateLimit, ttl }: FeatureDraft, window: FeatureWindow): Generator<FeatureProblem> {
  if (window.kind === 'sliding' && lateLimit !== undefined && durationMs(lateLimit) > durationMs(window.length)) {
    yield {
      pointer: '/lateLimit',
      code: 'wrong-value',
      message: 'a limit longer than the window changes nothing: an event outside of the window never counts',
    };
  }
  if (ttl !== undefined && durationMs(ttl) < 1_000) {
    yield { pointer: '/ttl', code: 'wrong-value', message: 'a time to live is at least 1 s' };
  }
}

function* pathProblems({ compute, key }: FeatureDraft): Generator<FeatureProblem> {
  const paths = pathsOf(compute).map(([field, path]) => [`/compute/${field}`, path] as [string, string]);
  if (key.kind === 'field') paths.push(['/key/path', key.path]);
  for (const [pointer, path] of paths) {
    const message = pathProblem(path)?.en;
    if (message !== undefined) yield { pointer, code: 'invalid-path', message };
  }
}

/** Checks what a person wrote, and says everything that is wrong with it in one answer. A feature that passes compiles. */
export function checkFeature(input: unknown): CheckedFeature {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    return {
      kind: 'rejected',
      problems: [{ pointer: '', code: 'not-a-feature', message: 'a feature is a JSON object' }],
    };
  }
  if (JSON.stringify(input).length > MAX_FEATURE_LENGTH) {
    const message = `a feature has at most ${MAX_FEATURE_LENGTH} characters of JSON`;
    return { kind: 'rejected', problems: [{ pointer: '', code: 'too-long', message }] };
  }
  const filter = (input as { readonly filter?: unknown }).filter;
  const frame = Frame.safeParse(input);
  const problems = [
    ...(frame.success ? [] : frameProblems(frame.error, KNOWN_FIELDS)),
    ...(filter === undefined ? [] : checkCondition(filter, '/filter', 'en', FILTER_FACTS)),
  ];
  if (!frame.success) return { kind: 'rejected', problems };
  const draft = frame.data as FeatureDraft;
  problems.push(...combinations(draft), ...pathProblems(draft));
  return problems.length > 0 ? { kind: 'rejected', problems } : { kind: 'ok', draft };
}

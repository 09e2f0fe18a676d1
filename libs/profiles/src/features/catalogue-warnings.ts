import type { EventType } from '@hermes/contracts/event-type';
import type { FeatureDraft } from '@hermes/contracts/feature';
import type { FeatureWarning } from '@hermes/contracts/feature-api';
import type { Condition } from '@hermes/contracts/rule';
import { referenceIn } from '@hermes/rules/expected-value';
import { plainSteps } from '@hermes/rules/json-path';
import { suggest } from '@hermes/rules/suggestion';

/** Attributes of an event beside `data`. */
const EVENT_FIELDS = ['specversion', 'id', 'source', 'type', 'subject', 'time', 'project', 'receivedat', 'data'];

type Schema = Readonly<Record<string, unknown>>;
type CataloguedType = Pick<EventType, 'type' | 'schema'>;

interface NamedPath {
  readonly pointer: string;
  readonly path: string;
}

const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Keywords under which fields may be defined that this does not look at. */
const OPAQUE = ['$ref', '$dynamicRef', 'allOf', 'anyOf', 'oneOf', 'if', 'patternProperties', 'dependentSchemas'];

/** A step that the schema does not know, and the ones that it knows there. */
interface UnknownStep {
  readonly step: string;
  readonly known: readonly string[];
}

/** The first step that leads nowhere; undefined when all lead somewhere, or nobody can tell. */
function unknownStep(schema: Schema, steps: readonly string[]): UnknownStep | undefined {
  let at: unknown = schema;
  for (const step of steps) {
    if (!isSchema(at) || OPAQUE.some((keyword) => Object.hasOwn(at as Schema, keyword))) return undefined;
    if (/^\d+$/.test(step) && isSchema(at['items'])) {
      at = at['items'];
      continue;
    }
    const { properties } = at as { readonly properties?: unknown };
    if (!isSchema(properties)) return undefined;
    if (!Object.hasOwn(properties, step)) return { step, known: Object.keys(properties) };
    at = properties[step];
  }
  return undefined;
}

function* conditionPaths(condition: Condition, pointer: string): Generator<NamedPath> {
  if ('all' in condition || 'any' in condition) {
    const [name, list] = 'all' in condition ? ['all', condition.all] : ['any', condition.any];
    for (const [i, child] of list.entries()) yield* conditionPaths(child, `${pointer}/${name}/${i}`);
  } else if ('not' in condition) {
    yield* conditionPaths(condition.not, `${pointer}/not`);
  } else {
    if (condition.path !== undefined) yield { pointer: `${pointer}/path`, path: condition.path };
    const other = referenceIn(condition);
    if (other?.path !== undefined)
      yield { pointer: `${pointer}/value${other === condition.value ? '' : '/of'}/path`, path: other.path };
  }
}

function* countedPaths({ compute, key }: FeatureDraft): Generator<NamedPath> {
  for (const field of ['path', 'longitude', 'latitude'] as const) {
    const path = (compute as Readonly<Record<string, unknown>>)[field];
    if (typeof path === 'string') yield { pointer: `/compute/${field}`, path };
  }
  if (key.kind === 'field') yield { pointer: '/key/path', path: key.path };
}

const quoted = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(', ');

/** @param needs - `every`: each of the types should have the field; `some`: one that has it is enough */
function pathWarning(
  { pointer, path }: NamedPath,
  types: readonly CataloguedType[],
  needs: 'every' | 'some',
): FeatureWarning | undefined {
  const [first, ...rest] = plainSteps(path) ?? [];
  // The whole event, or a path whose fields nobody can tell.
  if (first === undefined) return undefined;
  if (!EVENT_FIELDS.includes(first))
    return { pointer, message: `an event has no "${first}"; ${suggest(first, EVENT_FIELDS)}` };
  if (first !== 'data') return undefined;
  const lacking = types.flatMap(({ type, schema }) => {
    const unknown = unknownStep(schema, rest);
    return unknown === undefined ? [] : [{ type, ...unknown }];
  });
  if (lacking.length === 0 || (needs === 'some' && lacking.length < types.length)) return undefined;
  const { step } = lacking[0]!;
  const known = [...new Set(lacking.flatMap((one) => one.known))];
  const advice = known.length === 0 ? 'it has no fields' : suggest(step, known);
  return { pointer, message: `${quoted(lacking.map(({ type }) => type))} has no field "${step}"; ${advice}` };
}

/**
 * What looks like a mistake in a draft that is otherwise right: event types that the catalogue does not have, and fields that they do not
 * have. A project without a catalogue gets warnings about the event's own attributes only.
 */
export function catalogueWarnings(
  draft: FeatureDraft,
  catalogue: readonly CataloguedType[],
): readonly FeatureWarning[] {
  const byName = new Map(catalogue.map((type) => [type.type, type]));
  const warnings: FeatureWarning[] = [];
  if (catalogue.length > 0) {
    const names = [...byName.keys()];
    for (const [i, type] of draft.eventTypes.entries()) {
      if (byName.has(type)) continue;
      warnings.push({
        pointer: `/eventTypes/${i}`,
        message: `the event catalogue has no type "${type}"; ${suggest(type, names)}`,
      });
    }
  }
  const types = draft.eventTypes.flatMap((type) => byName.get(type) ?? []);
  const checked = [
    ...[...countedPaths(draft)].map((path) => pathWarning(path, types, 'every')),
    ...(draft.filter === undefined ? [] : [...conditionPaths(draft.filter, '/filter')]).map((path) =>
      pathWarning(path, types, 'some'),
    ),
  ];
  for (const warning of checked) if (warning !== undefined) warnings.push(warning);
  return warnings;
}

import type { Bilingual } from '@hermes/contracts/event-type';
import { type AskedType, type NamedPlace, placeIn } from './asked-comparison.ts';
import { type Schema, schemaAt, type SchemaPlace } from './event-schema.ts';
import { isFields } from './fields.ts';
import type { Finding } from './finding.ts';
import { pathOf, stepsOf } from './json-path.ts';
import { nearest, nearestBeginning } from './suggestion.ts';
import { adviceOn, both, quoted } from './words.ts';

type Unknown = Extract<SchemaPlace, { kind: 'unknown' }>;

/** How far down, and among how many, a field is looked for that stands elsewhere. */
const DEEPEST = 6;
const MOST_FIELDS = 2_000;

/** Where a field of this name stands in what the schema describes, nearest to the top first. */
function whereElse(schema: Schema, name: string): readonly string[] | undefined {
  const looking: { readonly schema: Schema; readonly steps: readonly string[] }[] = [{ schema, steps: [] }];
  // The list grows while it is read: level by level.
  for (const at of looking) {
    const { properties } = at.schema;
    if (!isFields(properties)) continue;
    for (const [key, child] of Object.entries(properties)) {
      const steps = [...at.steps, key];
      if (key.toLowerCase() === name.toLowerCase()) return steps;
      if (isFields(child) && steps.length < DEEPEST && looking.length < MOST_FIELDS)
        looking.push({ schema: child, steps });
    }
  }
  return undefined;
}

/** The path that was probably meant: nearly the same word there, the beginning of one, or the same word elsewhere. */
function meantPath(schema: Schema, steps: readonly string[], { at, step, known }: Unknown): string | undefined {
  const found = nearest(step, known) ?? nearestBeginning(step, known);
  if (found !== undefined) return pathOf([...at, found, ...steps.slice(at.length + 1)]);
  const elsewhere = whereElse(schema, step);
  if (elsewhere === undefined) return undefined;
  const whole = [...elsewhere, ...steps.slice(at.length + 1)];
  return pathOf(schemaAt(schema, whole).kind === 'unknown' ? elsewhere : whole);
}

function advice(schema: Schema, steps: readonly string[], unknown: Unknown): Bilingual {
  if (unknown.known.length > 0) return adviceOn(meantPath(schema, steps, unknown), unknown.known);
  return unknown.isList
    ? both(
        'it is a list: ask its elements with "anyElement", "allElements", "noElement" or "countElements"',
        '它是列表：请用“anyElement”、“allElements”、“noElement”或“countElements”询问其中的元素',
      )
    : both('there are no fields below it', '它下面没有字段');
}

/**
 * What is said of a place that not all of the types have: `unknown-field` where none has it, `not-in-every-type` where only some have. Undefined where
 * each has it, or nobody can tell. A catalogue may lag behind the events.
 */
export function unknownField({ pointer, fact, path }: NamedPlace, types: readonly AskedType[]): Finding | undefined {
  const lacking = types.flatMap((one) => {
    const place = placeIn(one, fact, path);
    return place.kind === 'unknown' ? [{ one, place }] : [];
  });
  const [first] = lacking;
  if (first === undefined) return undefined;
  const { step, at } = first.place;
  const names = quoted(lacking.flatMap(({ one }) => one.type ?? []));
  if (lacking.length < types.length) {
    const having = types.filter((one) => placeIn(one, fact, path).kind === 'known').flatMap(({ type }) => type ?? []);
    const others = quoted(having);
    const whoHas =
      having.length === 0
        ? both('other types of the rule may have it', '规则的其他事件类型可能有')
        : both(`it is only in ${others.en}`, `只有${others.zh}有`);
    const text = both(`${names.en} has no field "${step}"; ${whoHas.en}`, `${names.zh}没有字段“${step}”；${whoHas.zh}`);
    return { pointer, code: 'not-in-every-type', text };
  }
  const who =
    fact === 'element'
      ? both(`an element of this list of ${names.en}`, `${names.zh}中这个列表的元素`)
      : at.length === 0
        ? both('an event', '事件')
        : names;
  const known = [...new Set(lacking.flatMap(({ place }) => place.known))];
  const hint = advice(first.one.facts[fact] ?? {}, stepsOf(path) ?? [], { ...first.place, known });
  const text = both(`${who.en} has no field "${step}"; ${hint.en}`, `${who.zh}没有字段“${step}”；${hint.zh}`);
  return { pointer, code: 'unknown-field', text };
}

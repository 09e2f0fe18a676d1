import type { Bilingual } from '@hermes/contracts/event-type';
import type { LeafCondition, RuleOperator } from '@hermes/contracts/rule';
import { type AskedComparison, type AskedType, placeIn } from './asked-comparison.ts';
import { itemsOf, kindsOf, type Schema } from './event-schema.ts';
import { referenceIn } from './expected-value.ts';
import type { FactReference } from './fact-reference.ts';
import { featureRefOf } from './feature-fact.ts';
import type { Finding } from './finding.ts';
import { type Expected, type Misfit, MISFITS, type Needed } from './fitting-types.ts';
import { literalsOf, splitOperator, takesList } from './operators.ts';
import { personRefOf } from './person-fact.ts';
import { kindWords } from './schema-words.ts';
import { adviceFor } from './suggestion.ts';
import { both, quoted, shown } from './words.ts';

const NEEDED: Readonly<Record<Needed, Bilingual>> = {
  number: both('numbers, or texts that begin with one', '数字或以数字开头的文本'),
  text: both('texts', '文本'),
  instant: both(
    'dates with a time and an offset ("format": "date-time")',
    '带时间和时区偏移的日期（"format": "date-time"）',
  ),
  list: both('lists', '列表'),
  entry: both('texts or numbers', '文本或数字'),
  position: both('objects with longitude and latitude', '带有 longitude 和 latitude 的对象'),
};

/** A comparison that looks like a mistake in events of a type, with what is known of its place. */
interface Mismatch {
  readonly type: string | undefined;
  readonly actual: Schema;
  readonly misfit: Misfit;
}

/** What stands at a place as the comparison's operator sees it: each element of a list, under `someFact` and `everyFact`; undefined where there is no list. */
function undecorated(schema: Schema, decorators: readonly string[]): Schema | undefined {
  let at = schema;
  for (const decorator of decorators) {
    if (decorator !== 'someFact' && decorator !== 'everyFact') continue;
    const kinds = kindsOf(at);
    if (kinds !== undefined && !kinds.has('array')) return undefined;
    at = itemsOf(at);
  }
  return at;
}

function expectedOf(leaf: LeafCondition, asked: AskedType): Expected | undefined {
  const reference = referenceIn(leaf);
  if (reference === undefined) return { kind: 'literals', values: literalsOf(leaf.operator, leaf.value) };
  const place = placeIn(asked, reference.fact, reference.path);
  if (place.kind !== 'known') return undefined;
  return { kind: 'place', schema: takesList(leaf.operator) ? itemsOf(place.schema) : place.schema };
}

function mismatchOf(leaf: LeafCondition, asked: AskedType): Mismatch | undefined {
  const { decorators, base } = splitOperator(leaf.operator);
  const place = placeIn(asked, leaf.fact, leaf.path);
  // What `swap` turns around is rare, and its sides are those of another operator.
  if (place.kind !== 'known' || decorators.includes('swap')) return undefined;
  const { type } = asked;
  const actual = undecorated(place.schema, decorators);
  if (actual === undefined)
    return { type, actual: place.schema, misfit: { kind: 'needs', needed: 'list', side: 'actual' } };
  const expected = expectedOf(leaf, asked);
  const misfit = expected && MISFITS[base as RuleOperator](actual, expected);
  return misfit && { type, actual, misfit };
}

/** A place as a sentence names it: of facts that are many, which one. */
function nameOf(place: FactReference): string {
  const { fact, path } = place;
  return personRefOf(place)?.id ?? featureRefOf(place)?.id ?? path ?? fact;
}

/** Whether the operator compares what a list holds. */
const asksElements = (operator: string): boolean =>
  /^(.*:)?(someFact:|everyFact:|contains$|doesNotContain$)/u.test(operator);

/** The other side of a comparison, as a sentence takes it. */
function otherSide(leaf: LeafCondition, schema: Schema): Bilingual {
  const reference = referenceIn(leaf);
  if (reference === undefined) return both(shown(schema['const']), shown(schema['const']));
  return quoted([nameOf(reference)]);
}

function says(leaf: LeafCondition, { actual, misfit }: Mismatch): Bilingual {
  const place = quoted([nameOf(leaf)]);
  const reference = referenceIn(leaf);
  switch (misfit.kind) {
    case 'needs': {
      const { operator } = leaf;
      const needed = NEEDED[misfit.needed];
      if (misfit.side === 'expected') {
        const other =
          reference === undefined ? both(shown(leaf.value), shown(leaf.value)) : quoted([nameOf(reference)]);
        return both(
          `"${operator}" compares with ${needed.en}, and ${other.en} is none of them`,
          `“${operator}”要与${needed.zh}比较，而${other.zh}不是`,
        );
      }
      const is = kindWords(actual);
      return both(
        `${place.en} is ${is.en}; "${operator}" looks at ${needed.en}`,
        `${place.zh}是${is.zh}；“${operator}”只看${needed.zh}`,
      );
    }
    case 'kinds': {
      const [is, otherIs] = [kindWords(misfit.actual), kindWords(misfit.expected)];
      const other = otherSide(leaf, misfit.expected);
      const which = asksElements(leaf.operator) ? both(`an element of ${place.en}`, `${place.zh}的元素`) : place;
      return both(
        `${which.en} is ${is.en}, and ${other.en} is ${otherIs.en}`,
        `${which.zh}是${is.zh}，而${other.zh}是${otherIs.zh}`,
      );
    }
    case 'value': {
      const known = [...new Set(misfit.known.map(String))];
      const advice = adviceFor(String(misfit.value), known);
      return both(
        `${place.en} is never ${shown(misfit.value)}; ${advice.en}`,
        `${place.zh}不会是 ${shown(misfit.value)}；${advice.zh}`,
      );
    }
    case 'texts': {
      const advice =
        reference === undefined ? both('; write the number without quotes', '；请去掉数字的引号') : both('', '');
      return both(
        `${place.en} is a number written as a text, and so is what it is compared with: two texts are compared as texts, "9" is more than "10"${advice.en}`,
        `${place.zh}是写成文本的数字，与它比较的也是：两个文本按文本比较，“9”大于“10”${advice.zh}`,
      );
    }
  }
}

/**
 * What is said of a comparison whose operator and literal (or other place) do not go with what the catalogue says of its place: `type-mismatch`, or
 * `unknown-value` for a value that no event has there. Undefined where they do in events of every type, or nobody can tell. A value that only some of
 * the types have is no mistake.
 */
export function typeMismatch({ leaf, pointer, types }: AskedComparison): Finding | undefined {
  const mismatches = types.flatMap((asked) => mismatchOf(leaf, asked) ?? []);
  const [first] = mismatches;
  if (first === undefined) return undefined;
  const isValue = first.misfit.kind === 'value';
  const isEverywhere = mismatches.length === types.length;
  if (isValue && !isEverywhere) return undefined;
  const known = mismatches.flatMap(({ misfit }) => (misfit.kind === 'value' ? misfit.known : []));
  const said = says(leaf, first.misfit.kind === 'value' ? { ...first, misfit: { ...first.misfit, known } } : first);
  const names = quoted(mismatches.flatMap(({ type }) => type ?? []));
  const text = isEverywhere ? said : both(`in ${names.en} ${said.en}`, `在${names.zh}中，${said.zh}`);
  return { pointer, code: isValue ? 'unknown-value' : 'type-mismatch', text };
}

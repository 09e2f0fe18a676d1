import type { Condition } from '@hermes/contracts/rule';
import type { Texts } from '../texts/en.ts';
import { type Reading, readable } from '../profiles/field-values.tsx';
import { featureOf, fieldOf } from './trace-tree.ts';

type Fields = Readonly<Record<string, unknown>>;
type Words = Reading & { readonly texts: Pick<Texts, 'operator' | 'rule'> };

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const SPAN_UNITS = { days: 'day', hours: 'hour', minutes: 'minute', seconds: 'second' } as const;
const WEEK = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];

const measure = (count: number, unit: string, locale: string): string =>
  new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(count);

function spanWords(value: Fields, locale: string): string {
  const parts = Object.entries(SPAN_UNITS).flatMap(([key, unit]) => {
    const count = value[key];
    return typeof count === 'number' && count > 0 ? [measure(count, unit, locale)] : [];
  });
  return new Intl.ListFormat(locale, { type: 'unit' }).format(parts);
}

/** Days of the week; three or more in a row as from and to. */
function dayWords(days: readonly unknown[], locale: string): string {
  const format = new Intl.DateTimeFormat(locale, { weekday: 'long', timeZone: 'UTC' });
  // 5 January 1970 was a Monday.
  const name = (number: number): string => format.format(Date.UTC(1970, 0, 5 + number));
  const parts: string[] = [];
  for (let first = 0; first < WEEK.length; first++) {
    let last = first;
    while (days.includes(WEEK[last])) last += 1;
    if (last - first >= 3) {
      parts.push(`${name(first)}–${name(last - 1)}`);
      first = last;
    } else if (last > first) parts.push(name(first));
  }
  return parts.join(', ');
}

function scheduleWords({ days, from, to, timeZone }: Fields, { locale, timeZone: own }: Words): string {
  const parts = [
    ...(Array.isArray(days) ? [dayWords(days, locale)] : []),
    ...(from === undefined && to === undefined ? [] : [`${shown(from ?? '00:00')}–${shown(to ?? '24:00')}`]),
    ...(timeZone === undefined || timeZone === own ? [] : [`(${shown(timeZone)})`]),
  ];
  return parts.join(' ');
}

/** An event may be asked for what is shown here: it can be anything. */
const shown = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** What something is near to: an instant, a place, or where the rule finds it. */
function ofWords(value: unknown, words: Words): string {
  if (!isFields(value)) return readable(value, words);
  if (typeof value['fact'] === 'string') return referenceWords(value);
  return 'longitude' in value
    ? `${readable(value['longitude'], words)}, ${readable(value['latitude'], words)}`
    : readable(value, words);
}

function referenceWords({ fact, params, path }: Fields): string {
  const place = typeof path === 'string' ? path : undefined;
  return (
    featureOf(fact, isFields(params) ? params : undefined, place) ??
    (place === undefined ? shown(fact) : fieldOf(place))
  );
}

function conditionWords(condition: Condition, words: Words): string {
  const { rule } = words.texts;
  if ('all' in condition) return condition.all.map((child) => nested(child, words)).join(rule.and);
  if ('any' in condition) return condition.any.map((child) => nested(child, words)).join(rule.or);
  if ('not' in condition) return `${rule.not}(${conditionWords(condition.not, words)})`;
  const { fact, params, path, operator, value } = condition;
  const field = featureOf(fact, params, path) ?? fieldOf(path);
  return `${field === '' ? rule.element : field} ${operatorWords(operator, words.texts)} ${expectedWords(operator, value, words)}`;
}

const nested = (condition: Condition, words: Words): string =>
  'fact' in condition ? conditionWords(condition, words) : `(${conditionWords(condition, words)})`;

/** The comparison as a person says it; an operator with decorators that people rarely use stays as it is written. Pure. */
export function operatorWords(operator: string, texts: Words['texts']): string {
  const known = texts.operator[operator];
  if (known !== undefined) return known;
  const base = texts.operator[operator.replace(/^not:/u, '')];
  return base === undefined || !operator.startsWith('not:') ? operator : texts.rule.negated(base);
}

/** What a comparison compared with, as a person reads it. Pure. */
export function expectedWords(operator: string, expected: unknown, words: Words): string {
  const { rule } = words.texts;
  const base = operator.slice(operator.lastIndexOf(':') + 1);
  if (isFields(expected)) {
    // A trace keeps the beginning of what is too long for it.
    if (typeof expected['begins'] === 'string' && '$cut' in expected) return `${expected['begins']}…`;
    if (typeof expected['fact'] === 'string') return referenceWords(expected);
    if (base === 'within') return rule.nearTo(spanWords(expected, words.locale), ofWords(expected['of'], words));
    if (base === 'withinKm' && typeof expected['km'] === 'number')
      return rule.nearPlace(measure(expected['km'], 'kilometer', words.locale), ofWords(expected['of'], words));
    if (base === 'during') return scheduleWords(expected, words);
    if (base === 'countElements') {
      const { that, atLeast, atMost } = expected;
      const bounds = rule.counted(atLeast as number | undefined, atMost as number | undefined);
      return `${bounds}: ${conditionWords(that as Condition, words)}`;
    }
    if (base.endsWith('Element') || base === 'allElements')
      return conditionWords(expected as unknown as Condition, words);
  }
  if (base === 'insidePolygon' && Array.isArray(expected)) return rule.shape(expected.length);
  return readable(expected, words);
}

import type { Bilingual } from '@hermes/contracts/event-type';
import { type Kind, kindsOf, type Schema } from './event-schema.ts';
import { both } from './words.ts';

const KINDS: Readonly<Record<Kind, Bilingual>> = {
  integer: both('a whole number', '整数'),
  fraction: both('a number', '数字'),
  string: both('a text', '文本'),
  boolean: both('true or false', '布尔值'),
  null: both('null', '空值'),
  object: both('an object', '对象'),
  array: both('a list', '列表'),
};

/** What stands at a place, as a sentence takes it: `a whole number or null`. */
export function kindWords(schema: Schema): Bilingual {
  const kinds = kindsOf(schema) ?? new Set<Kind>();
  // What may have a fraction is just a number.
  const words = [...kinds].filter((kind) => kind !== 'integer' || !kinds.has('fraction')).map((kind) => KINDS[kind]);
  return both(words.map(({ en }) => en).join(' or '), words.map(({ zh }) => zh).join('或'));
}

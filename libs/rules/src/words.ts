import type { Bilingual } from '@hermes/contracts/event-type';

/** The same said in both languages: neither can be left out. */
export const both = (en: string, zh: string): Bilingual => ({ en, zh });

/** `"a", "b"`, and 、 between them in Chinese. */
export const quoted = (names: readonly string[]): Bilingual =>
  both(names.map((name) => `"${name}"`).join(', '), names.map((name) => `“${name}”`).join('、'));

/** More names than this are no help. */
const MOST_NAMES = 30;

/** `did you mean "equal"?`, or what there is to choose from. */
export function adviceOn(meant: string | undefined, known: readonly string[]): Bilingual {
  if (meant !== undefined) return both(`did you mean "${meant}"?`, `是不是“${meant}”？`);
  const [names, more] = [known.slice(0, MOST_NAMES), known.length > MOST_NAMES ? ', …' : ''];
  return both(`known: ${names.join(', ')}${more}`, `已知的有：${names.join('、')}${more === '' ? '' : '……'}`);
}

/** A value as a sentence takes it. */
export function shown(value: unknown): string {
  const json = JSON.stringify(value) ?? 'undefined';
  return json.length <= 80 ? json : `${json.slice(0, 80)}…`;
}

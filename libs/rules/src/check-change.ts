import type { Fields } from './fields.ts';
import type { Finding } from './finding.ts';
import { canonicalPath } from './json-path.ts';
import { splitOperator } from './operators.ts';
import { SAYS } from './rule-words.ts';

/** What is wrong with a comparison of change, and the place of which it asks what was there before; undefined where there is none. */
export interface CheckedChange {
  readonly problems: readonly Finding[];
  readonly place: string | undefined;
}

/** @param isKept - whether what was before is kept where the comparison stands */
export function changeChecked(
  { fact, path, operator, value }: Fields,
  pointer: string,
  isKept: boolean,
): CheckedChange {
  const { decorators, base } = splitOperator(operator as string);
  const problems: Finding[] = [];
  const refuse = (at: string, code: string, text: Finding['text']): void =>
    void problems.push({ pointer: at, code, text });
  if (decorators.some((decorator) => decorator !== 'not'))
    refuse(`${pointer}/operator`, 'decorated', SAYS.decoratedChange(base));
  if (!isKept) refuse(`${pointer}/operator`, 'no-changes', SAYS.noChanges);
  else if (fact !== 'event' || typeof path !== 'string') refuse(pointer, 'wrong-value', SAYS.changeOfEvent(base));
  else {
    const fits = base === 'changed' ? ['boolean'] : ['string', 'number', 'boolean'];
    if (!fits.includes(typeof value)) refuse(`${pointer}/value`, 'wrong-value', SAYS.changeValue(base));
    return { problems, place: canonicalPath(path) };
  }
  return { problems, place: undefined };
}

import { FeatureId } from '@hermes/contracts/feature';
import type { Fields } from './fields.ts';
import type { Finding } from './finding.ts';
import { pointerOf } from './frame-problems.ts';
import { SAYS, unknownWord } from './rule-words.ts';

const KEYS = ['feature', 'segment'] as const;

/** What is wrong with how a condition says what of the person it asks for: a feature, or a segment. */
export function personShape(params: Fields, path: unknown, pointer: string): readonly Finding[] {
  const at = `${pointer}/params`;
  const known: readonly string[] = KEYS;
  const strangers = Object.keys(params).filter((key) => !known.includes(key));
  const unknown = strangers.map((key): Finding => ({
    pointer: `${at}${pointerOf([key])}`,
    code: 'unknown-field',
    text: unknownWord('field', key, KEYS),
  }));
  const [named, ...others] = KEYS.filter((key) => Object.hasOwn(params, key));
  if (named === undefined || others.length > 0 || !FeatureId.safeParse(params[named]).success)
    return [...unknown, { pointer: at, code: 'missing-field', text: SAYS.noPerson }];
  if (named === 'feature' || path === undefined) return unknown;
  return [...unknown, { pointer: `${pointer}/path`, code: 'invalid-path', text: SAYS.personPath }];
}

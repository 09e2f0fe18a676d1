import type { Bilingual } from '@hermes/contracts/event-type';
import type { Language } from '@hermes/contracts/language';
import type { RuleRemark } from '@hermes/contracts/rule-api';

/** Something that is found in a rule: where (JSON pointer), what, and the words for it in every language. */
export interface Finding {
  readonly pointer: string;
  /** Stable, kebab-case. */
  readonly code: string;
  readonly text: Bilingual;
}

/** The findings as one person reads them. */
export const inLanguage = (findings: readonly Finding[], language: Language): readonly RuleRemark[] =>
  findings.map(({ pointer, code, text }) => ({ pointer, code, message: text[language] }));

import type { Bilingual } from './event-type.ts';

/** The languages in which people are told something. */
export type Language = keyof Bilingual;

const LANGUAGES: readonly Language[] = ['en', 'zh'];

/**
 * The language that a request asks for in `Accept-Language`, English where it names none of ours.
 * Source: RFC 9110, section 12.5.4; a range counts by its language alone, so `zh-Hant-TW` is Chinese.
 */
export function languageOf(acceptLanguage: string | undefined): Language {
  let best: Language = 'en';
  let bestWeight = 0;
  for (const range of (acceptLanguage ?? '').split(',')) {
    const [tag = '', ...parameters] = range.split(';').map((part) => part.trim());
    const language = LANGUAGES.find((one) => one === tag.toLowerCase().split('-')[0]);
    const quality = parameters.find((parameter) => /^q=/iu.test(parameter));
    const weight = quality === undefined ? 1 : Number(quality.slice(2));
    if (language === undefined || !(weight > bestWeight)) continue;
    best = language;
    bestWeight = weight;
  }
  return best;
}

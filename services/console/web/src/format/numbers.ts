/** Whole number with separators. */
export const formatCount = (value: number, locale: string): string => new Intl.NumberFormat(locale).format(value);

/** Money in short, for headlines: ¥12.3M, ¥1,230万. */
export const formatMoneyShort = (value: number, currency: string, locale: string): string =>
  new Intl.NumberFormat(locale, {
    style: 'currency',
    currency,
    currencyDisplay: 'narrowSymbol',
    notation: 'compact',
    minimumFractionDigits: 0,
    maximumFractionDigits: Math.abs(value) < 1_000 ? 0 : 2,
  }).format(value);

/** Money in full, without the fraction. */
export const formatMoney = (value: number, currency: string, locale: string): string =>
  new Intl.NumberFormat(locale, {
    style: 'currency',
    currency,
    currencyDisplay: 'narrowSymbol',
    maximumFractionDigits: 0,
  }).format(value);

/** A number of any kind as a person writes it. */
export const formatNumber = (value: number, locale: string): string =>
  new Intl.NumberFormat(locale, { maximumFractionDigits: 4 }).format(value);

/** By how much `now` differs from `before`: a share, or null where there is nothing to compare with. */
export const change = (now: number, before: number): number | null => (before === 0 ? null : (now - before) / before);

export const formatShare = (share: number, locale: string): string =>
  new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: Math.abs(share) < 0.1 ? 1 : 0 }).format(
    Math.abs(share),
  );

/**
 * Text that every store accepts: without NUL (PostgreSQL refuses it) and without lone surrogates (UTF-8 cannot carry them), cut to
 * `maxLength` UTF-16 units with an ellipsis.
 */
export function storedText(text: string, maxLength = 2_000): string {
  const clean = text.replaceAll('\u0000', '\uFFFD').toWellFormed();
  return clean.length <= maxLength ? clean : `${clean.slice(0, maxLength - 1).toWellFormed()}\u2026`;
}

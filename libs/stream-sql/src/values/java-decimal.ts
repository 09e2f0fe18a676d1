import type { Integer } from './data-type.ts';
import { formatDecimal } from './decimal.ts';

/** A decimal as Java's BigDecimal.toString writes it: with an exponent below 1e-6 (and for a zero of more than six digits). */
export function javaDecimal(value: Integer, scale: number): string {
  if (scale <= 6) return formatDecimal(value, scale);
  const digits = String(value < 0 ? -value : value);
  const exponent = digits.length - 1 - scale;
  if (exponent >= -6) return formatDecimal(value, scale);
  const fraction = digits.length === 1 ? '' : `.${digits.slice(1)}`;
  return `${value < 0 ? '-' : ''}${digits[0]}${fraction}E${exponent}`;
}

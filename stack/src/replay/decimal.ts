const DECIMAL = /^(-?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;

interface Scaled {
  /** The value times 10^scale. */
  readonly digits: bigint;
  readonly scale: number;
}

function scaled(text: string): Scaled | undefined {
  const match = DECIMAL.exec(text.trim());
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match ?? [];
  if (match === null || whole + fraction === '') return undefined;
  const digits = BigInt(sign + whole + fraction);
  const scale = fraction.length - Number(exponent);
  return scale >= 0 ? { digits, scale } : { digits: digits * 10n ** BigInt(-scale), scale: 0 };
}

/**
 * The exact product of two decimal texts with `places` digits after the point, half away from zero. No binary fraction is
 * involved: "225.1" times "10000" is "2251000.00". Undefined when a text is not a decimal.
 */
export function multiplyDecimal(text: string, factor: string, places: number): string | undefined {
  const [a, b] = [scaled(text), scaled(factor)];
  if (a === undefined || b === undefined) return undefined;
  const product = a.digits * b.digits;
  const scale = a.scale + b.scale;
  const magnitude = product < 0n ? -product : product;
  const rounded =
    scale <= places
      ? magnitude * 10n ** BigInt(places - scale)
      : (magnitude + 10n ** BigInt(scale - places) / 2n) / 10n ** BigInt(scale - places);
  const digits = rounded.toString().padStart(places + 1, '0');
  const sign = product < 0n && rounded !== 0n ? '-' : '';
  return places === 0 ? sign + digits : `${sign}${digits.slice(0, -places)}.${digits.slice(-places)}`;
}

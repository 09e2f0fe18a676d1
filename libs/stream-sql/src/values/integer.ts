import type { Integer } from './data-type.ts';

/**
 * Exact arithmetic of `Integer`: numbers while they are safe integers, else bigints. Each operation computes with numbers first and falls
 * back to bigints when a result is not safe; a result is always in its one form. `…Exact` has no bound (DECIMAL), `…Long` wraps round at
 * 64 bits as Java's long does (BIGINT).
 */
const isSafe = Number.isSafeInteger;

/** A bigint in its one form. */
export function normalise(value: bigint): Integer {
  const number = Number(value);
  return isSafe(number) ? number : value;
}

/** Digits (with a sign) as an Integer; the text must be a whole number. */
export const integerOfText = (digits: string): Integer => {
  const number = Number(digits);
  return isSafe(number) ? number + 0 : normalise(BigInt(digits));
};

/** Wraps round at 64 bits. */
export const wrapLong = (value: bigint): Integer => normalise(BigInt.asIntN(64, value));

export function addExact(a: Integer, b: Integer): Integer {
  if (typeof a === 'number' && typeof b === 'number') {
    const sum = a + b;
    if (isSafe(sum)) return sum;
  }
  return normalise(BigInt(a) + BigInt(b));
}

export function subtractExact(a: Integer, b: Integer): Integer {
  if (typeof a === 'number' && typeof b === 'number') {
    const difference = a - b;
    if (isSafe(difference)) return difference;
  }
  return normalise(BigInt(a) - BigInt(b));
}

export function multiplyExact(a: Integer, b: Integer): Integer {
  if (typeof a === 'number' && typeof b === 'number') {
    const product = a * b;
    // `+ 0` makes -0 a 0, which is not a value here.
    if (isSafe(product)) return product + 0;
  }
  return normalise(BigInt(a) * BigInt(b));
}

export function addLong(a: Integer, b: Integer): Integer {
  if (typeof a === 'number' && typeof b === 'number') {
    const sum = a + b;
    if (isSafe(sum)) return sum;
  }
  return wrapLong(BigInt(a) + BigInt(b));
}

export function subtractLong(a: Integer, b: Integer): Integer {
  if (typeof a === 'number' && typeof b === 'number') {
    const difference = a - b;
    if (isSafe(difference)) return difference;
  }
  return wrapLong(BigInt(a) - BigInt(b));
}

export function multiplyLong(a: Integer, b: Integer): Integer {
  if (typeof a === 'number' && typeof b === 'number') {
    const product = a * b;
    if (isSafe(product)) return product + 0;
  }
  return wrapLong(BigInt(a) * BigInt(b));
}

/**
 * Towards zero, wrapped at 64 bits (only the least long divided by -1 wraps). `b` must not be 0. Without the remainder the
 * quotient of two safe integers is a whole number that a double holds; `a / b` itself may round up to the next one.
 */
export function divideLong(a: Integer, b: Integer): Integer {
  if (typeof a === 'number' && typeof b === 'number') return (a - (a % b)) / b + 0;
  return wrapLong(BigInt(a) / BigInt(b));
}

/** With the sign of `a`, as Java's %. `b` must not be 0. */
export function remainder(a: Integer, b: Integer): Integer {
  if (typeof a === 'number' && typeof b === 'number') return (a % b) + 0;
  return normalise(BigInt(a) % BigInt(b));
}

export function negateExact(a: Integer): Integer {
  return typeof a === 'number' ? 0 - a : normalise(-a);
}

/** Wraps: the least long is its own negative. */
export function negateLong(a: Integer): Integer {
  return typeof a === 'number' ? 0 - a : wrapLong(-a);
}

export const absExact = (a: Integer): Integer => (a < 0 ? negateExact(a) : a);
export const absLong = (a: Integer): Integer => (a < 0 ? negateLong(a) : a);

/** Less, equal, greater: -1, 0, 1. Numbers and bigints compare by value. */
export const compareIntegers = (a: Integer, b: Integer): -1 | 0 | 1 => (a < b ? -1 : a > b ? 1 : 0);

/** Rounds to the least whole number not above a / b; `b` above 0. */
export function floorDivide(a: Integer, b: number): Integer {
  if (typeof a === 'number') {
    const rest = a % b;
    return (a - (rest < 0 ? rest + b : rest)) / b + 0;
  }
  const divisor = BigInt(b);
  const quotient = a / divisor;
  return normalise(a < 0n && a % divisor !== 0n ? quotient - 1n : quotient);
}

/** What `floorDivide` leaves: 0 to b - 1. */
export function floorRemainder(a: Integer, b: number): number {
  const rest = typeof a === 'number' ? a % b : Number(a % BigInt(b));
  return rest < 0 ? rest + b : rest + 0;
}

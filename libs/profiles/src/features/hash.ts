/**
 * 53 bits of a text. Source: cyrb53 by bryc (public domain), two multiplicative 32-bit hashes crossed over at the end; the accuracy tests of
 * HyperLogLog hold it to the uniformity that is needed here.
 *
 * @returns an integer from 0 to 2^53 - 1
 */
export function hash53(text: string): number {
  let a = 0xdead_beef;
  let b = 0x41c6_ce57;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    a = Math.imul(a ^ unit, 2_654_435_761);
    b = Math.imul(b ^ unit, 1_597_334_677);
  }
  return crossed(a, b);
}

/** `hash53` of 32-bit words, with another rotation in between, since a whole word has more in its high bits than a product carries down. */
export function hash53OfWords(words: Int32Array, length: number): number {
  let a = 0xdead_beef;
  let b = 0x41c6_ce57;
  for (let i = 0; i < length; i++) {
    const word = words[i]!;
    a = Math.imul(a ^ word, 2_654_435_761);
    a ^= a >>> 15;
    b = Math.imul(b ^ word, 1_597_334_677);
    b ^= b >>> 13;
  }
  return crossed(a, b);
}

function crossed(from: number, and: number): number {
  let a = from;
  let b = and;
  a = Math.imul(a ^ (a >>> 16), 2_246_822_507) ^ Math.imul(b ^ (b >>> 13), 3_266_489_909);
  b = Math.imul(b ^ (b >>> 16), 2_246_822_507) ^ Math.imul(a ^ (a >>> 13), 3_266_489_909);
  return 0x1_0000_0000 * (0x1f_ffff & b) + (a >>> 0);
}

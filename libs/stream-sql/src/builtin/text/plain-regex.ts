/**
 * A pattern that means the same for Java, RE2 and JavaScript, and of which no repetition is within another: characters, classes, `.`, anchors,
 * groups that are not repeated, alternatives.
 */
const TOKEN =
  /\\[dDwW\\.+*?()[\]{}|^$/]|\[\^?(?:\\[dw\\\]^-]|[^\\[\]&^]|&(?!&))+\]|\((?:\?:)?|\)|[*+?]\??|\{\d{1,3}(?:,\d{0,3})?\}\??|[|^]|[^\\[\](){}*+?|^$.\n]/uy;

/** How many repetitions without an upper bound a plain pattern has; `undefined` for a pattern that is not plain. */
export function unboundedRepetitions(pattern: string): number | undefined {
  if (pattern === '') return undefined;
  let count = 0;
  let before = '';
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < pattern.length) {
    const token = TOKEN.exec(pattern)?.[0];
    if (token === undefined) return undefined;
    const repeats = /^[*+?{]/.test(token);
    // A repeated group may backtrack without bound; a repetition after a repetition is possessive in Java.
    if (repeats && (before === '' || /^[)(|^*+?{]/.test(before))) return undefined;
    if (/^(?:[*+]|\{\d+,\})/.test(token)) count++;
    // Bounded, but by much.
    else if (token.startsWith('{') && Number(/(\d+)\}/.exec(token)?.[1] ?? 0) > 20) count++;
    before = token;
  }
  return count;
}

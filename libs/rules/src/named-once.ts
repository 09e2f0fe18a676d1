/**
 * Makes what a text names, once; undefined where `make` throws. An event's text may name anything, so no more than `most` are kept.
 */
export function namedOnce<T>(most: number, make: (name: string) => T): (name: string) => T | undefined {
  const kept = new Map<string, T | undefined>();
  return (name) => {
    if (kept.has(name)) return kept.get(name);
    if (kept.size >= most) kept.clear();
    let made: T | undefined;
    try {
      made = make(name);
    } catch {
      // It names nothing.
    }
    kept.set(name, made);
    return made;
  };
}

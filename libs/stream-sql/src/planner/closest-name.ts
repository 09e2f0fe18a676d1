/** The one of `known` that `name` was most likely meant to be: another case, or a few letters changed. `undefined` when none is near. */
export function closestName(name: string, known: Iterable<string>): string | undefined {
  const wanted = name.toLowerCase();
  let best: { readonly name: string; readonly changes: number } | undefined;
  for (const candidate of known) {
    const changes = editDistance(wanted, candidate.toLowerCase());
    if (best === undefined || changes < best.changes) best = { name: candidate, changes };
  }
  return best !== undefined && best.changes <= Math.max(1, Math.floor(name.length / 3)) ? best.name : undefined;
}

/** Letters to insert, drop or replace, or neighbours to swap (optimal string alignment). */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = last[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      let least = Math.min(replaced, last[j]! + 1, row[j - 1]! + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, beforeLast[j - 2]! + 1);
      row.push(least);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length]!;
}

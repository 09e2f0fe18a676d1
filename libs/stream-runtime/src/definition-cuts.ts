/**
 * The input offset from which on a partition evaluated with definition set `setNumber` or a newer one: every record before it was
 * evaluated with an older set, every record from it on was not. `undefined`: the partition has not come to such a set yet.
 *
 * A partition may pass over a set (two published at once), so the smallest recorded number that is not below counts. Only the newest
 * 100 sets are kept: ask while yours is among them. Offsets belong to the topic's id in the partition's meta.
 *
 * @param entries - all fields of the hash at `definitionCutsKey`
 */
export function cutOf(entries: Readonly<Record<string, string>>, setNumber: number): number | undefined {
  let number = Number.POSITIVE_INFINITY;
  for (const field of Object.keys(entries)) {
    const recorded = Number(field);
    if (recorded >= setNumber && recorded < number) number = recorded;
  }
  return number === Number.POSITIVE_INFINITY ? undefined : Number(entries[String(number)]);
}

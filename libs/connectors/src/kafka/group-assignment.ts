import type { PartitionsByTopic, Subscription } from './group-protocol.ts';

/**
 * Shares the partitions of each topic among the members that subscribed to it: no two members of a topic differ by more than
 * one partition of it, and a partition stays where it is when that allows it (moving one costs its owner's state). Where two
 * members claim a partition, the claim from the younger generation is the true one. Pure and deterministic.
 */
export function assignPartitions(
  members: ReadonlyMap<string, Subscription>,
  partitionCounts: ReadonlyMap<string, number>,
): Map<string, Map<string, number[]>> {
  const assigned = new Map<string, Map<string, number[]>>();
  for (const memberId of members.keys()) assigned.set(memberId, new Map());
  // Members take turns in getting the larger share, so that many topics of one partition do not all land on the first one.
  const load = new Map([...members.keys()].sort().map((memberId) => [memberId, 0]));
  for (const [topic, count] of [...partitionCounts].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const subscribed = [...members.keys()].sort().filter((memberId) => members.get(memberId)?.topics.includes(topic));
    if (subscribed.length === 0) continue;
    const shares = shareTopic(topic, count, subscribed, members, load);
    for (const [memberId, partitions] of shares) {
      if (partitions.length > 0)
        assigned.get(memberId)?.set(
          topic,
          partitions.sort((a, b) => a - b),
        );
      load.set(memberId, (load.get(memberId) ?? 0) + partitions.length);
    }
  }
  return assigned;
}

function shareTopic(
  topic: string,
  count: number,
  subscribed: readonly string[],
  members: ReadonlyMap<string, Subscription>,
  load: ReadonlyMap<string, number>,
): Map<string, number[]> {
  const owners = ownersOf(topic, count, subscribed, members);
  const shares = new Map(subscribed.map((memberId): [string, number[]] => [memberId, []]));
  for (const [partition, memberId] of owners) shares.get(memberId)?.push(partition);

  const small = Math.floor(count / subscribed.length);
  let larger = count % subscribed.length;
  // Who owns most keeps most; among equals, who has least of the other topics.
  const order = [...subscribed].sort(
    (a, b) => sizeOf(shares, b) - sizeOf(shares, a) || (load.get(a) ?? 0) - (load.get(b) ?? 0) || (a < b ? -1 : 1),
  );
  const allowed = new Map<string, number>();
  for (const memberId of order) {
    allowed.set(memberId, larger > 0 ? small + 1 : small);
    if (larger > 0) larger--;
  }
  const free: number[] = [];
  for (let partition = 0; partition < count; partition++) if (!owners.has(partition)) free.push(partition);
  for (const memberId of subscribed) {
    const share = shares.get(memberId) ?? [];
    share.sort((a, b) => a - b);
    free.push(...share.splice(allowed.get(memberId) ?? 0));
  }
  free.sort((a, b) => a - b);
  for (const memberId of order) {
    const share = shares.get(memberId) ?? [];
    share.push(...free.splice(0, Math.max(0, (allowed.get(memberId) ?? 0) - share.length)));
  }
  return shares;
}

const sizeOf = (shares: ReadonlyMap<string, readonly number[]>, memberId: string): number =>
  shares.get(memberId)?.length ?? 0;

function ownersOf(
  topic: string,
  count: number,
  subscribed: readonly string[],
  members: ReadonlyMap<string, Subscription>,
): Map<number, string> {
  const owners = new Map<number, string>();
  const since = new Map<number, number>();
  for (const memberId of subscribed) {
    const subscription = members.get(memberId);
    for (const partition of subscription?.owned.get(topic) ?? []) {
      const generation = subscription?.generation ?? -1;
      if (partition >= count || generation <= (since.get(partition) ?? -1)) continue;
      owners.set(partition, memberId);
      since.set(partition, generation);
    }
  }
  return owners;
}

/** What a member gains and loses between two assignments. */
export function compareAssignments(
  before: PartitionsByTopic,
  after: PartitionsByTopic,
): { readonly gained: [string, number][]; readonly lost: [string, number][] } {
  return { gained: missingIn(before, after), lost: missingIn(after, before) };
}

function missingIn(there: PartitionsByTopic, here: PartitionsByTopic): [string, number][] {
  const missing: [string, number][] = [];
  for (const [topic, partitions] of here) {
    for (const partition of partitions) if (!there.get(topic)?.includes(partition)) missing.push([topic, partition]);
  }
  return missing;
}

import type { KafkaRecord } from '@hermes/connectors/kafka/driver';
import { isRepeat, outboxPlaceOf } from '@hermes/contracts/outbox-place';
import { segmentMemberId } from '@hermes/contracts/profile-segment';
import type { KeptChange } from './change-ring.ts';

interface ChangeLike {
  readonly subject?: unknown;
  readonly feature?: unknown;
  readonly segment?: unknown;
  readonly version?: unknown;
  readonly value?: { readonly version?: unknown };
}

/** A record of `<project>.profile-changes` as it is kept; undefined for a record that is none. */
export function readChange({ partition, offset, value }: KafkaRecord, arrivedMs: number): KeptChange | undefined {
  const data = value?.toString() ?? '';
  let change: ChangeLike | null;
  try {
    change = JSON.parse(data) as ChangeLike | null;
  } catch {
    return undefined;
  }
  const { subject, segment } = change ?? {};
  const feature = typeof segment === 'string' ? segmentMemberId(segment) : change?.feature;
  const version = typeof segment === 'string' ? change?.version : change?.value?.version;
  if (typeof subject !== 'string' || typeof feature !== 'string' || typeof version !== 'number') return undefined;
  return { partition, offset, subject, feature, version, data, arrivedMs };
}

/** Tells the repeats that an outbox sends after a crash. */
export class RepeatFilter {
  /** Highest sequence by partition and origin. */
  private readonly highest = new Map<string, number>();

  /** Whether the record has been here before; from then on it has. */
  hasSeen({ partition, headers }: Pick<KafkaRecord, 'partition' | 'headers'>): boolean {
    const place = outboxPlaceOf(headers);
    if (place === undefined) return false;
    const key = `${partition} ${place.origin}`;
    if (isRepeat(place, this.highest.get(key))) return true;
    this.highest.set(key, place.sequence);
    return false;
  }
}

import type { HermesEvent } from '@hermes/contracts/event';
import type { Seen } from './aggregate.ts';
import type { CompiledFeature } from './compile-feature.ts';

/** An event's instants as numbers, parsed once for all features. */
export interface Stamp {
  readonly timeMs: number;
  readonly receivedAtMs: number;
}

export const stampOf = ({ time, receivedat }: Pick<HermesEvent, 'time' | 'receivedat'>): Stamp => ({
  timeMs: Date.parse(time),
  receivedAtMs: Date.parse(receivedat),
});

/** What the feature counts of an event of one of its types; undefined when the filter lets it not pass. */
export function seenBy(
  feature: CompiledFeature,
  event: HermesEvent,
  { timeMs, receivedAtMs }: Stamp,
): Seen | undefined {
  if (!feature.passes(event)) return undefined;
  return { timeMs, receivedAtMs, id: event.id, value: feature.valueIn(event) };
}

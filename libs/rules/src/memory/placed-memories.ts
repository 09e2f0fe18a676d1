import type { Condition } from '@hermes/contracts/rule';
import { ItineraryParams } from '@hermes/contracts/rule-memory';
import { CHECKS } from '@hermes/itinerary/catalogue';
import { type PlacesOf, withEventsWrittenOut } from '@hermes/itinerary/observed-events';
import { askedComparisons } from '../asked-comparison.ts';
import type { Finding } from '../finding.ts';
import { adviceFor } from '../suggestion.ts';
import { both } from '../words.ts';
import { isCheckKind } from './check-memory.ts';
import { observedKinds } from './itinerary.ts';
import { withMemories } from './memories-named.ts';

export interface PlacedMemories {
  readonly conditions: Condition;
  /** Places that the event catalogue does not have. */
  readonly problems: readonly Finding[];
}

interface Written {
  readonly params: Readonly<Record<string, unknown>>;
  readonly problems: readonly Finding[];
}

function writtenOut(given: Readonly<Record<string, unknown>>, placesOf: PlacesOf, timeZone: string): Written {
  const { check, parameters = {}, events = {}, ...counted } = ItineraryParams.parse(given);
  if (!isCheckKind(check)) return { params: given, problems: [] };
  const template = CHECKS[check];
  const zones = Object.entries(template.fields).filter(([, { kind }]) => kind === 'time-zone');
  const read = template.withParameters({
    ...Object.fromEntries(zones.map(([name]) => [name, timeZone])),
    ...parameters,
  });
  if (read.kind === 'rejected') return { params: given, problems: [] };
  const written = withEventsWrittenOut(observedKinds(check), events, placesOf);
  const problems = written.unknown.map(({ pointer, place, type, known }): Finding => {
    const advice = known.length === 0 ? both('it has no places', '它没有地点') : adviceFor(place, known);
    const text = both(
      `by the event catalogue "${type}" has no place "${place}"; ${advice.en}`,
      `事件目录中“${type}”没有地点“${place}”；${advice.zh}`,
    );
    return { pointer: `/events${pointer}`, code: 'unknown-place', text };
  });
  return { params: { check, parameters: read.parameters, events: written.events, ...counted }, problems };
}

/**
 * A checked condition in which every check on a broker's day has its parameters, event types, fields and coordinate systems in it, as they are now: it
 * means the same ever after, whatever becomes of defaults and of the event catalogue.
 */
export function placedMemories(conditions: Condition, placesOf: PlacesOf, timeZone: string): PlacedMemories {
  const problems: Finding[] = [];
  for (const { leaf, pointer } of askedComparisons(conditions, '/conditions', [])) {
    if (leaf.fact !== 'itinerary') continue;
    const written = writtenOut(leaf.params ?? {}, placesOf, timeZone);
    problems.push(...written.problems.map((one) => ({ ...one, pointer: `${pointer}/params${one.pointer}` })));
  }
  const placed = withMemories(conditions, (fact, params) =>
    fact === 'itinerary' ? writtenOut(params, placesOf, timeZone).params : params,
  );
  return { conditions: placed, problems };
}

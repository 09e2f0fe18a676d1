import type { HermesEvent } from '@hermes/contracts/event';
import { CHECKS } from '@hermes/itinerary/catalogue';
import type { CheckedParameters, StepOverBytes } from '@hermes/itinerary/check-over-bytes';
import { observationsByType } from '@hermes/itinerary/event-observations';
import type { Finding } from '@hermes/itinerary/finding';
import type { Observation, ObservationKind } from '@hermes/itinerary/observation';
import { StateCodecError } from '@hermes/itinerary/state-codec';
import { boundedFindings } from './bounded-findings.ts';
import { kept, receivedMsOf, withoutData } from './kept-event.ts';
import { BEHIND_MS, type DecidedByTime, type Memory, type MemoryStep, type MemoryValue } from './memory.ts';
import type { ItineraryDefinition } from './memory-definition.ts';
import type { CheckState, ItineraryState, MemoryState } from './memory-state.ts';

/** A broker with more phones than this is none; a customer may see many homes. */
const maxCheckKeys = (check: ItineraryDefinition['check']): number => (check === 'poached-customer' ? 64 : 8);
/** Listings of which it is remembered where they are. */
const MAX_PLACES = 64;
const MAX_FOUND = 100;
/** Of the data of all events that wait. */
const MAX_WAITING_BYTES = 24_576;
/** A day that is not looked at for so long has been forgotten by whoever would ask. */
const KEPT_MS = 40 * 86_400_000;
const DAY_MS = 86_400_000;

const NOTHING: ItineraryState = { kind: 'itinerary', checks: [], found: [], places: [] };

/** The observations that a check is given: for one of check-ins where listings are, which appointments say. */
export const observedKinds = (check: ItineraryDefinition['check']): readonly ObservationKind[] =>
  check === 'check-in-far-away' ? [...CHECKS[check].observes, 'appointment'] : CHECKS[check].observes;

/** What waits, of the checks that find what did not happen. Their findings name it among what they concern. */
const WAITING: Readonly<Partial<Record<ItineraryDefinition['check'], ObservationKind>>> = {
  'no-show': 'appointment',
  'check-in-without-appointment': 'check-in',
  'showing-without-check-in': 'showing',
};

/** The id of what may wait. */
function idOf(observation: Observation): string | undefined {
  switch (observation.kind) {
    case 'appointment':
      return observation.appointmentId;
    case 'check-in':
      return observation.checkInId;
    case 'showing':
      return observation.showingId;
    default:
      return undefined;
  }
}

/** Strongest first; those of one strength as they were found. */
const strongestFirst = (findings: readonly Finding[]): readonly Finding[] =>
  findings.toSorted((a, b) => b.strength - a.strength);

function boundedWaiting(waiting: CheckState['waiting']): CheckState['waiting'] {
  let room = MAX_WAITING_BYTES;
  return waiting
    .toReversed()
    .map((one) => {
      room -= JSON.stringify(one).length;
      return room >= 0 ? one : { ...one, event: withoutData(one.event) };
    })
    .toReversed();
}

interface Checked {
  readonly state: CheckState;
  readonly findings: readonly Finding[];
  readonly isForgotten: boolean;
}

/**
 * A check on a broker's day as a fact: it holds of an event with which the check finds something, and for what did not happen, once time has passed, of the
 * event that waited. Findings of one event are told together, strongest first.
 */
export function itineraryMemory(definition: ItineraryDefinition & { readonly id: string }): Memory {
  const { check: kind, counted } = definition;
  const template = CHECKS[kind];
  const read = template.withParameters(definition.parameters);
  if (read.kind === 'rejected') throw new Error(`"${kind}": ${read.problems[0]?.message ?? 'wrong parameters'}`);
  const { check } = read;
  const observing = observationsByType(observedKinds(kind), definition.events);
  const mostKeys = maxCheckKeys(kind);
  const keepsPlaces = kind === 'check-in-far-away';

  /** What another release kept cannot be read: the check begins anew, rather than standing still. */
  function orAnew(
    bytes: Buffer | undefined,
    step: (state: Buffer | undefined, check: CheckedParameters) => StepOverBytes,
  ): StepOverBytes & { readonly isForgotten: boolean } {
    try {
      return { ...step(bytes, check), isForgotten: false };
    } catch (error) {
      if (!(error instanceof StateCodecError)) throw error;
      return { ...step(undefined, check), isForgotten: true };
    }
  }

  function checked(known: CheckState | undefined, key: string, observation: Observation, event: HermesEvent): Checked {
    const bytes = known && Buffer.from(known.bytes, 'base64');
    const step = orAnew(bytes, (state, one) => one.observe(state, observation));
    const id = idOf(observation);
    const awaited = new Set(step.waiting);
    const isWaiting = id !== undefined && observation.kind === WAITING[kind] && awaited.has(id);
    const others = (known?.waiting ?? []).filter((one) => awaited.has(one.id) && !(isWaiting && one.id === id));
    const waiting = isWaiting ? [...others, { id, event: kept(event) }] : others;
    return {
      state: {
        key,
        bytes: step.bytes.toString('base64'),
        dueMs: step.dueMs ?? null,
        waiting: boundedWaiting(waiting),
      },
      findings: step.findings,
      isForgotten: step.isForgotten,
    };
  }

  function countedIn(found: readonly number[], findings: readonly Finding[]): readonly number[] {
    if (counted === undefined || findings.length === 0) return found;
    const all = [...found, ...findings.map(({ timeMs }) => timeMs)].toSorted((a, b) => a - b);
    const fromMs = all.at(-1)! - counted.withinDays * DAY_MS;
    return all.filter((timeMs) => timeMs > fromMs).slice(-MAX_FOUND);
  }

  function valueOf(given: readonly Finding[], found: readonly number[]): MemoryValue | undefined {
    const findings = boundedFindings(strongestFirst(given));
    const [strongest] = findings;
    if (strongest === undefined) return undefined;
    if (counted === undefined) return { shows: { ...strongest, findings }, seen: [], findings };
    if (found.length < counted.atLeast) return undefined;
    return { shows: { ...strongest, findings, count: found.length }, seen: [], findings };
  }

  function stepTo(state: ItineraryState, atMs: number, dropped = 0): MemoryStep {
    const dues = state.checks.flatMap(({ dueMs }) => dueMs ?? []);
    const lastMs = Math.max(atMs, ...dues);
    const keepDays = kind === 'poached-customer' ? Number(definition.parameters['withinDays'] ?? 30) : 0;
    return {
      state,
      dueMs: dues.length === 0 ? undefined : Math.min(...dues),
      keepMs: Math.max(KEPT_MS, keepDays * DAY_MS, (counted?.withinDays ?? 0) * DAY_MS, lastMs - atMs) + BEHIND_MS,
      dropped,
    };
  }

  function withPlace(state: ItineraryState, observation: Observation): readonly [ItineraryState, Observation] {
    if (!keepsPlaces) return [state, observation];
    if (observation.kind === 'appointment' && observation.listingPosition !== undefined) {
      const { listingId, listingPosition } = observation;
      const others = state.places.filter(([listing]) => listing !== listingId);
      const place = [listingId, listingPosition.longitude, listingPosition.latitude] as const;
      return [{ ...state, places: [...others, place].slice(-MAX_PLACES) }, observation];
    }
    if (observation.kind !== 'check-in' || observation.listingPosition !== undefined) return [state, observation];
    const place = state.places.find(([listing]) => listing === observation.listingId);
    if (place === undefined) return [state, observation];
    return [state, { ...observation, listingPosition: { longitude: place[1], latitude: place[2] } }];
  }

  function observe(given: MemoryState | undefined, event: HermesEvent): MemoryStep {
    let state = given?.kind === 'itinerary' ? given : NOTHING;
    const atMs = receivedMsOf(event);
    const observations = observing.get(event.type)?.(event) ?? [];
    if (observations.length === 0) return { ...stepTo(state, atMs), state: given };
    const findings: Finding[] = [];
    let dropped = 0;
    for (const observed of observations) {
      const [placed, observation] = withPlace(state, observed);
      state = placed;
      const key = template.keyOf(observation);
      if (key === undefined) continue;
      const known = state.checks.find((one) => one.key === key);
      const one = checked(known, key, observation, event);
      const checks = [...state.checks.filter((other) => other !== known), one.state];
      dropped += Math.max(0, checks.length - mostKeys) + Number(one.isForgotten);
      state = { ...state, checks: checks.slice(-mostKeys) };
      findings.push(...one.findings);
    }
    state = { ...state, found: countedIn(state.found, findings) };
    if (state.checks.length === 0 && state.places.length === 0) return { state: given, keepMs: 0, dropped };
    return { ...stepTo(state, atMs, dropped), value: valueOf(findings, state.found) };
  }

  function due(given: MemoryState, nowMs: number): ReturnType<Memory['due']> {
    let state = given.kind === 'itinerary' ? given : NOTHING;
    let dropped = 0;
    const decided: DecidedByTime[] = [];
    for (const known of state.checks) {
      if (known.dueMs === null || known.dueMs > nowMs) continue;
      const step = orAnew(Buffer.from(known.bytes, 'base64'), (bytes, one) => one.onDue(bytes, nowMs));
      dropped += Number(step.isForgotten);
      for (const finding of step.findings) {
        const event = known.waiting.find(({ id }) => finding.concerns.includes(`${WAITING[kind]!}:${id}`))?.event;
        const found = countedIn(state.found, [finding]);
        state = { ...state, found };
        const value = valueOf([finding], found);
        if (event !== undefined && value !== undefined) decided.push({ event, value });
      }
      const awaited = new Set(step.waiting);
      const next = {
        ...known,
        bytes: step.bytes.toString('base64'),
        dueMs: step.dueMs ?? null,
        waiting: known.waiting.filter(({ id }) => awaited.has(id)),
      };
      state = { ...state, checks: state.checks.map((one) => (one === known ? next : one)) };
    }
    return { ...stepTo(state, nowMs, dropped), decided };
  }

  return { definition, eventTypes: [...observing.keys()], observe, due };
}

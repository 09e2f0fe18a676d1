import type { HermesEvent } from '@hermes/contracts/event';
import type { ProjectRecord } from '@hermes/contracts/control';
import { boundedData } from '@hermes/contracts/bounded-data';
import type { CompiledFeature } from '@hermes/profiles/features/compile-feature';
import { seenBy, stampOf } from '@hermes/profiles/features/see-event';
import { SubjectState } from '@hermes/profiles/features/subject-state';
import { ProblemError } from '@hermes/service-kit/problem';
import { z } from 'zod';
import type { Asked } from './asked-features.ts';
import type { StoredProfile } from './profiles.repository.ts';

const REACH_MS = 24 * 3_600_000;
const Instant = z.iso.datetime({ offset: true });

/** Events that were received until an instant: of one subject, or of some types; complete, or it throws. */
export interface HistoryUntil {
  events(
    project: string,
    query: { readonly subject?: string; readonly types?: readonly string[]; readonly receivedTo: string },
  ): AsyncIterable<HermesEvent>;
}

/** Profiles as they were: recomputed from history with the features of now, of the events that had been received by then. */
export class PastProfiles {
  private readonly history: HistoryUntil;
  constructor(history: HistoryUntil) {
    this.history = history;
  }

  /** Milliseconds of `at`. @throws ProblemError 400 `invalid-instant` unless it is an instant of the last 24 h */
  instantOf(at: string, nowMs: number): number {
    const atMs = Instant.safeParse(at).success ? Date.parse(at) : Number.NaN;
    if (atMs <= nowMs && atMs >= nowMs - REACH_MS) return atMs;
    throw new ProblemError({
      status: 400,
      code: 'invalid-instant',
      title: "'at' is not valid",
      detail: `Give an instant of the last 24 h, between ${new Date(nowMs - REACH_MS).toISOString()} and ${new Date(nowMs).toISOString()}.`,
    });
  }

  /** @throws ProblemError 503 when history is away or behind */
  async read(project: ProjectRecord, subject: string, asked: Asked, atMs: number): Promise<StoredProfile> {
    const counted = new Set<CompiledFeature>();
    for (const [, feature] of asked) {
      if (feature.kind === 'counted') counted.add(feature.feature);
      else counted.add(feature.numerator).add(feature.denominator);
    }
    const receivedTo = new Date(atMs).toISOString();
    const state = new SubjectState();
    const own = [...counted].filter(({ keyIn }) => keyIn === undefined);
    let arrival = 0;
    const seen: HermesEvent[] = [];
    for await (const event of this.history.events(project.id, { subject, receivedTo })) {
      state.see({ type: event.type, ...stampOf(event), arrival: arrival++, data: boundedData(event.data) });
      seen.push(event);
    }
    countInto(state, own, seen);
    const entity = subject.slice(0, subject.indexOf(':'));
    const keyed = [...counted].filter(({ feature: { key } }) => key.kind === 'field' && key.entity === entity);
    const types = [...new Set(keyed.flatMap((feature) => feature.types))];
    let isKey = false;
    if (types.length > 0) {
      const mine: HermesEvent[] = [];
      for await (const event of this.history.events(project.id, { types, receivedTo })) {
        if (keyed.some((feature) => feature.types.includes(event.type) && feature.keyIn?.(event) === subject))
          mine.push(event);
      }
      isKey = mine.length > 0;
      countInto(state, keyed, mine, subject);
    }
    return { subject, known: state.isSeen || isKey, main: state, stateOf: () => state };
  }
}

/** Counts events in the order of their receipt, as they came. */
function countInto(
  state: SubjectState,
  features: readonly CompiledFeature[],
  events: HermesEvent[],
  key?: string,
): void {
  const ordered = events.toSorted((a, b) => (a.receivedat < b.receivedat ? -1 : a.receivedat > b.receivedat ? 1 : 0));
  for (const event of ordered) {
    const stamp = stampOf(event);
    for (const feature of features) {
      if (!feature.types.includes(event.type)) continue;
      if (key !== undefined && feature.keyIn?.(event) !== key) continue;
      const one = seenBy(feature, event, stamp);
      if (one !== undefined) state.count(feature, one);
    }
  }
}

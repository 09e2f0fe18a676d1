import type { Profile } from '@hermes/contracts/profile';
import type { ProfileState } from './profile-state.ts';

/** Under this name `counts` has the events of types beyond MAX_TYPES; no event type can be called so. */
export const OTHER_TYPES = '*';

const iso = (ms: number): string => new Date(ms).toISOString();

/** The profile as the HTTP API answers it; without a state, that of a subject nobody has seen. */
export function profileView(project: string, subject: string, state: ProfileState | undefined): Profile {
  if (state === undefined)
    return { project, subject, known: false, firstSeenAt: null, lastSeenAt: null, counts: {}, last: {}, features: {} };
  const types = [...state.types].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    project,
    subject,
    known: true,
    firstSeenAt: iso(state.firstSeenMs),
    lastSeenAt: iso(state.lastSeenMs),
    counts: {
      ...Object.fromEntries(types.map(([type, seen]) => [type, seen.count])),
      ...(state.otherCount > 0 ? { [OTHER_TYPES]: state.otherCount } : {}),
    },
    last: Object.fromEntries(
      types.map(([type, seen]) => [
        type,
        { time: iso(seen.timeMs), data: JSON.parse(seen.data) as Record<string, unknown> },
      ]),
    ),
    features: {},
  };
}

import type { Profile } from '@hermes/contracts/profile';
import type { ProfileState } from './profile-state.ts';

/** Under this name `counts` has the events of types beyond MAX_TYPES; no event type can be called so. */
export const OTHER_TYPES = '*';

const iso = (ms: number): string => new Date(ms).toISOString();

/** A subject's activity as the HTTP API answers it; without a state, that of a subject nobody has seen. */
export function activityView(
  state: ProfileState | undefined,
): Pick<Profile, 'firstSeenAt' | 'lastSeenAt' | 'counts' | 'last'> {
  if (state === undefined) return { firstSeenAt: null, lastSeenAt: null, counts: {}, last: {} };
  const types = [...state.types].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
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
  };
}

/** Deaths within this window count as flapping. */
const windowMs = 60_000;
const promptRestarts = 8;
const promptMs = 200;
const longestMs = 30_000;

/**
 * How long to wait before a dead process is started again. The first eight deaths within a minute are answered at once
 * (well under the promised 2 s); more of them double the wait, up to half a minute.
 *
 * @param deathsMs instants of its deaths, the present one included
 */
export function restartDelayMs(deathsMs: readonly number[], nowMs: number): number {
  const recent = deathsMs.filter((atMs) => nowMs - atMs < windowMs).length;
  const excess = recent - promptRestarts;
  return excess <= 0 ? promptMs : Math.min(longestMs, promptMs * 2 ** excess);
}

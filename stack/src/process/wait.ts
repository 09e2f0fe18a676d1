import { setTimeout as sleep } from 'node:timers/promises';

/** Asks `check` every `everyMs` until it is true; false when `withinMs` have passed. A check that throws counts as no. */
export async function waitUntil(
  check: () => boolean | Promise<boolean>,
  { withinMs, everyMs = 50 }: { withinMs: number; everyMs?: number },
): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    try {
      if (await check()) return true;
    } catch {
      // Not there yet.
    }
    if (performance.now() >= deadline) return false;
    await sleep(everyMs);
  }
}

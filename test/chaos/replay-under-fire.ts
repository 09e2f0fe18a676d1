import { setTimeout as sleep } from 'node:timers/promises';
import { isRunning } from '@hermes/stack/process/process-identity';
import type { TestHermes } from '@hermes/stack/testing/hermes';
import type { RunningReplay } from '../scenario/replay-tool.ts';
import type { Strike, Unit } from './kill-plan.ts';

/** A strike that has happened. */
export interface Struck extends Strike {
  /** From the beginning of the replay; later than planned when a unit was still down from an earlier strike. */
  readonly happenedMs: number;
  /** Rows that ingest had answered by then, as the replay tool said last (it speaks once a second). */
  readonly rowsSent: number;
}

/** Longer than any start: what is not back by then does not come back. */
const BACK_WITHIN_MS = 60_000;

/** Carries out the plan while the replay runs, and resolves when both are through. Nobody waits for what was killed to come back. */
export async function strikeDuring(
  replay: RunningReplay,
  hermes: TestHermes,
  strikes: readonly Strike[],
  onStruck: (struck: Struck) => void,
): Promise<readonly Struck[]> {
  await replay.begun;
  const beganMs = performance.now();
  const done: Struck[] = [];
  const strikeAll = async (): Promise<void> => {
    for (const planned of strikes) {
      await sleep(Math.max(0, planned.atMs - (performance.now() - beganMs)));
      await untilRunning(hermes, planned.units);
      const struck = { ...planned, happenedMs: performance.now() - beganMs, rowsSent: replay.rowsSent };
      await Promise.all(planned.units.map((unit) => hermes.kill9(unit)));
      done.push(struck);
      onStruck(struck);
    }
  };
  await Promise.all([strikeAll(), replay.done]);
  return done;
}

/** A unit that is down cannot be killed: every planned kill is to happen, and a pair's at the same moment. */
async function untilRunning(hermes: TestHermes, units: readonly Unit[]): Promise<void> {
  const isUp = (unit: Unit): boolean => {
    const process = hermes.record().units[unit];
    return process !== undefined && isRunning(process);
  };
  for (const endMs = performance.now() + BACK_WITHIN_MS; !units.every(isUp); await sleep(20)) {
    if (performance.now() > endMs)
      throw new Error(`${units.filter((unit) => !isUp(unit)).join(' and ')} did not come back.`);
  }
}

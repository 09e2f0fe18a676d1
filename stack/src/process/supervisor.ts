import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { spawnGuarded, type GuardedCommand } from './guarded-spawn.ts';
import { capLog } from './log-cap.ts';
import { endProcess, identify, isRunning, type ProcessIdentity } from './process-identity.ts';
import { restartDelayMs } from './restart-delay.ts';
import { Sentence } from './sentence.ts';

/** A process to keep running. */
export interface Unit {
  name: string;
  kind: 'part' | 'service' | 'demo';
  /** Called before each start: makes the data folder right and says what to run. */
  command(): Promise<GuardedCommand>;
  /** True when it does its work. A rejection counts as no. */
  ready(): Promise<boolean>;
  readyWithinMs: number;
  stop: { signal: NodeJS.Signals; graceMs: number };
  logFile: string;
}

export interface UnitState extends ProcessIdentity {
  kind: Unit['kind'];
  startedAtMs: number;
  restarts: number;
}

interface Watched {
  unit: Unit;
  process: ProcessIdentity | undefined;
  /** Counts the spawns: what an earlier one's process still reports is no news of the present one. */
  generation: number;
  startedAtMs: number;
  restarts: number;
  deathsMs: number[];
  wanted: boolean;
  /** While it is being stopped. */
  ending: Promise<void> | undefined;
  lastExit: string;
}

const logLimitBytes = 20_000_000;
/** Deaths before the first readiness that make a start fail: a wrong setting does not heal by itself. */
const deathsBeforeGivingUp = 3;

/** Starts processes, starts them again when they die, and stops them in order. */
export class Supervisor {
  private readonly watched = new Map<string, Watched>();
  private readonly changed: () => void;
  private readonly said: (line: string) => void;
  private readonly logWatch: NodeJS.Timeout;

  /** `changed` is called when a process came or went, `said` with what a person may want to know. */
  constructor(changed: () => void, said: (line: string) => void) {
    this.changed = changed;
    this.said = said;
    this.logWatch = setInterval(() => {
      for (const { unit } of this.watched.values()) capLog(unit.logFile, logLimitBytes);
    }, 10_000);
    this.logWatch.unref();
  }

  /** Starts it and resolves when it is ready; rejects with a Sentence when it cannot become so. */
  async start(unit: Unit): Promise<void> {
    const watched: Watched = {
      unit,
      process: undefined,
      generation: 0,
      startedAtMs: 0,
      restarts: 0,
      deathsMs: [],
      wanted: true,
      ending: undefined,
      lastExit: '',
    };
    this.watched.set(unit.name, watched);
    await this.spawn(watched);
    const deadline = performance.now() + unit.readyWithinMs;
    for (;;) {
      if (!watched.wanted) throw new Sentence(`${unit.name} was stopped before it was ready.`);
      if (watched.process !== undefined && (await unit.ready().catch(() => false))) return;
      const problem =
        watched.deathsMs.length >= deathsBeforeGivingUp
          ? `ended ${watched.deathsMs.length} times before it was ready (${watched.lastExit})`
          : performance.now() > deadline
            ? `was not ready within ${Math.round(unit.readyWithinMs / 1000)} s`
            : undefined;
      if (problem !== undefined) {
        throw new Sentence(`${unit.name} ${problem}; the end of ${unit.logFile} says: ${lastLine(unit.logFile)}`);
      }
      await sleep(100);
    }
  }

  /** Stops one process and does not start it again until `resume`. */
  async stop(name: string): Promise<void> {
    const watched = this.watched.get(name);
    if (watched === undefined) return;
    watched.wanted = false;
    const { process, unit } = watched;
    if (process === undefined) return;
    const ending = endProcess(process, unit.stop.signal, unit.stop.graceMs);
    watched.ending = ending;
    await ending;
    if (watched.ending === ending) watched.ending = undefined;
    // Its exit may be reported later than it is seen.
    if (watched.process === process && !isRunning(process)) watched.process = undefined;
  }

  /** Starts again what was stopped, as soon as the stopped process is gone: two of one name would fight over its port. */
  async resume(name: string): Promise<void> {
    const watched = this.watched.get(name);
    if (watched === undefined || watched.wanted) return;
    watched.wanted = true;
    while (watched.ending !== undefined) await watched.ending;
    if (watched.wanted && watched.process === undefined) await this.revive(watched);
  }

  /** Ends everything: group after group, side by side within a group. */
  async stopAll(order: readonly Unit['kind'][]): Promise<void> {
    clearInterval(this.logWatch);
    for (const { unit } of this.watched.values()) this.forget(unit.name);
    for (const kind of order) {
      const group = [...this.watched.values()].filter(({ unit }) => unit.kind === kind);
      await Promise.all(group.map(({ unit }) => this.stop(unit.name)));
    }
  }

  states(): Record<string, UnitState> {
    return Object.fromEntries(
      [...this.watched.values()].flatMap(({ unit, process, startedAtMs, restarts }) =>
        process === undefined ? [] : [[unit.name, { kind: unit.kind, ...process, startedAtMs, restarts }]],
      ),
    );
  }

  /** From here on its death is expected. */
  private forget(name: string): void {
    const watched = this.watched.get(name);
    if (watched !== undefined) watched.wanted = false;
  }

  private async spawn(watched: Watched): Promise<void> {
    const { unit } = watched;
    const generation = ++watched.generation;
    const command = await unit.command();
    if (!watched.wanted || generation !== watched.generation) return;
    const child = spawnGuarded(command, unit.logFile);
    child.once('error', (error) => this.said(`${unit.name} could not be started: ${error.message}`));
    watched.process = child.pid === undefined ? undefined : identify(child.pid);
    watched.startedAtMs = Date.now();
    child.once('exit', (code, signal) => void this.died(watched, generation, signal ?? `exit code ${code}`));
    this.changed();
  }

  /** A spawn that fails counts as a death. */
  private async revive(watched: Watched): Promise<void> {
    const generation = watched.generation + 1;
    try {
      await this.spawn(watched);
    } catch (error) {
      await this.died(watched, generation, error instanceof Error ? error.message : String(error));
    }
  }

  private async died(watched: Watched, generation: number, how: string): Promise<void> {
    if (generation !== watched.generation) return;
    watched.process = undefined;
    watched.lastExit = how;
    // After an end that was asked for, `resume` starts it again.
    if (!watched.wanted || watched.ending !== undefined) return this.changed();
    const nowMs = Date.now();
    watched.deathsMs = [...watched.deathsMs.filter((atMs) => nowMs - atMs < 60_000), nowMs];
    const delayMs = restartDelayMs(watched.deathsMs, nowMs);
    this.said(
      `${watched.unit.name} ended (${how}): starting it again${delayMs > 1_000 ? ` in ${delayMs / 1000} s` : ''}`,
    );
    this.changed();
    await sleep(delayMs);
    // Stopped and resumed meanwhile, it has another process already.
    if (!watched.wanted || generation !== watched.generation) return;
    watched.restarts += 1;
    await this.revive(watched);
  }
}

function lastLine(file: string): string {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n').at(-1)?.slice(0, 500) ?? '(nothing)';
  } catch {
    return '(nothing)';
  }
}

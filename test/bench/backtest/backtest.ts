import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { z } from 'zod';
import { textTable } from '../../scenario/text-table.ts';
import type { Bench, BenchResult } from '../bench.ts';

/** A process of rule-engine, so that nothing of the bench runs on its heap. */
const MEASURED = fileURLToPath(new URL('../../../services/rule-engine/src/testing/backtest-speed.ts', import.meta.url));

const Figures = z.array(
  z.object({ name: z.string(), eventsPerCpuSecond: z.number(), hits: z.number(), bytesPerEvent: z.number() }),
);

/** @throws Error with a sentence for what is no number */
function readSetting(args: readonly string[]): Readonly<Record<'events' | 'subjects' | 'runs', number>> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      events: { type: 'string', default: '300000' },
      subjects: { type: 'string', default: '20000' },
      runs: { type: 'string', default: '5' },
    },
  });
  const number = (name: keyof typeof values, least: number): number => {
    const value = Number(values[name]);
    if (Number.isInteger(value) && value >= least) return value;
    throw new Error(`--${name} is a whole number from ${String(least)}.`);
  };
  return { events: number('events', 1_000), subjects: number('subjects', 1), runs: number('runs', 1) };
}

/** A rule over the past, from the lines of history to its result. */
export const backtest: Bench = {
  about:
    'a rule over the past beside the version in force: events per second of one core; --events 300000 --subjects 20000 --runs 5',
  async run(args): Promise<BenchResult> {
    const setting = readSetting(args);
    const { stdout } = await promisify(execFile)(process.execPath, [MEASURED, JSON.stringify(setting)]);
    const figures = Figures.parse(JSON.parse(stdout));
    console.log(
      `\n${String(setting.events)} events of ${String(setting.subjects)} subjects, ${String(figures[0]?.bytesPerEvent)} bytes each; reading the lines is part of it\n` +
        textTable(
          ['two rules', 'events/s of one core', 'hits'],
          figures.map(({ name, eventsPerCpuSecond, hits }) => [name, eventsPerCpuSecond, hits]),
        ),
    );
    return {
      bench: 'backtest',
      eventsPerSecond: figures[0]!.eventsPerCpuSecond,
      withFeature: figures[1]!.eventsPerCpuSecond,
      withFiveFeatures: figures[2]!.eventsPerCpuSecond,
    };
  },
};

import type { ConformanceCase } from './case-file.ts';
import { compare, type Verdict } from './compare.ts';
import { runEmbedded } from './embedded-engine.ts';
import type { Interruption } from './embedded-job.ts';
import type { Recording } from './recording.ts';

/** The embedded engine's answer to a case beside Flink's. An exception is a defect, whatever Flink says, and stops no other case. */
export async function askEmbedded(
  each: ConformanceCase,
  expected: Recording,
  interruption?: Interruption,
): Promise<Verdict> {
  try {
    return compare(each, expected, await runEmbedded(each.script, each.inputs, interruption));
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { kind: 'differ', differences: [`the engine has a defect: ${text.split('\n').slice(0, 4).join(' ')}`] };
  }
}

/**
 * `npm run conformance:random -- --seed S --count N [--write FOLDER]`: generated expressions and aggregates, asked of a real Flink
 * and of the embedded engine. Where they differ, a case file is printed (and written), ready to be kept.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { askEmbedded } from '../ask-embedded.ts';
import { isFlinkDefect, mapSome, withFlink } from '../conformance-flink.ts';
import { recordingOf } from '../recording.ts';
import { askEach, caseOf, type Shape } from './ask-batch.ts';
import { anyAggregate, anyExpression } from './generate.ts';
import { SeededChoice } from './seeded-choice.ts';

const { values } = parseArgs({
  options: { seed: { type: 'string' }, count: { type: 'string', default: '500' }, write: { type: 'string' } },
});
const seed = values.seed === undefined ? Date.now() % 1_000_000 : Number(values.seed);
const count = Number(values.count);
if (!Number.isInteger(seed) || !Number.isInteger(count) || count < 1) {
  console.error('--seed and --count are whole numbers');
  process.exit(2);
}
/** So many expressions share a job; more make its generated code too large. */
const BATCH = 25;

const choice = new SeededChoice(seed);
const generated = Array.from({ length: count }, (_, index): { shape: Shape; sql: string } =>
  index % 5 < 3
    ? { shape: 'calc', sql: anyExpression(choice) }
    : { shape: index % 5 === 3 ? 'aggregate' : 'retraction', sql: anyAggregate(choice) },
);
/** Beside a variance Flink computes averages in another way. */
const isVariance = (sql: string): boolean => /^(STDDEV|VAR)_/.test(sql);
const batches = (['calc', 'aggregate', 'retraction'] as const).flatMap((shape) =>
  [false, true].flatMap((variances) => {
    const all = generated.filter((each) => each.shape === shape && isVariance(each.sql) === variances);
    return Array.from({ length: Math.ceil(all.length / BATCH) }, (_, index) => ({
      shape,
      expressions: all.slice(index * BATCH, (index + 1) * BATCH).map(({ sql }) => sql),
    }));
  }),
);

const tally = { agree: 0, differ: 0, refused: 0, withoutAnswer: 0 };
await withFlink((ask) =>
  mapSome(batches, async ({ shape, expressions }) => {
    const answers = await askEach(ask, shape, expressions);
    for (const [index, flink] of answers.entries()) {
      if (isFlinkDefect(flink)) {
        tally.withoutAnswer++;
        console.log(`no answer from Flink: ${expressions[index]}`);
        continue;
      }
      const each = { ...caseOf(shape, [expressions[index]!]), expectsError: flink.kind === 'error' };
      const recorded = recordingOf(each, flink, 'live');
      if (recorded.kind === 'not-as-said') throw new Error(`${expressions[index]}: ${recorded.reason}`);
      const verdict = await askEmbedded(each, recorded.recording);
      tally[verdict.kind]++;
      if (verdict.kind === 'refused') console.log(`refused ${expressions[index]}: ${verdict.reason}`);
      if (verdict.kind !== 'differ') continue;
      const text =
        flink.kind === 'error' ? each.script.replace('-- covers', '-- expect: error\n-- covers') : each.script;
      const name = `seed-${seed}-${tally.differ}`;
      console.log(`\nDIFFER ${name}.sql\n  ${verdict.differences.join('\n  ')}\n${text}`);
      if (values.write !== undefined) {
        mkdirSync(values.write, { recursive: true });
        writeFileSync(join(values.write, `${name}.sql`), text);
      }
    }
  }),
);
console.log(JSON.stringify({ random: tally.differ === 0 ? 'ok' : 'failed', seed, count, ...tally }));
process.exit(tally.differ === 0 ? 0 : 1);

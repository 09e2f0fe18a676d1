import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RowKind } from '@hermes/stream-sql/engine/operator';
import type { SourceNode, TablePlan } from '@hermes/stream-sql/planner/plan';
import { planScript } from '@hermes/stream-sql/planner/plan-script';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Position, SourceBatch } from '../connector.ts';
import { fileSink } from './file-sink.ts';
import { FileSource } from './file-source.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'files-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const sourceNode = (columns: string, options: string): SourceNode => {
  const planned = planScript(
    `CREATE TABLE f (${columns}) WITH ('connector' = 'filesystem', ${options});
     CREATE TABLE o (${columns.replaceAll(/ METADATA[^,]*/g, '')}) WITH ('connector' = 'blackhole');
     INSERT INTO o SELECT * FROM f;`,
    { project: 'p' },
  );
  if (planned.kind === 'refused') throw new Error(JSON.stringify(planned.problems));
  return planned.plan!.nodes.find((node) => node.kind === 'source')!;
};

interface Read {
  readonly rows: unknown[][];
  readonly bad: string[];
  readonly positions: ReadonlyMap<number, Position>[];
}

/** Reads to the end, or until `stopAfter` batches were taken. */
async function read(node: SourceNode, restored?: ReadonlyMap<number, Position>, stopAfter = Infinity): Promise<Read> {
  const source = new FileSource(root, node);
  await source.open(restored);
  const found: Read = { rows: [], bad: [], positions: [] };
  let batches = 0;
  await new Promise<void>((resolve, reject) => {
    source.start({
      ready: () => {
        found.positions.push(source.positions());
        if (batches < stopAfter) return undefined;
        resolve();
        return new Promise(() => undefined);
      },
      onBatch: (batch) => {
        batches++;
        found.rows.push(...rowsOf(batch));
        found.bad.push(...batch.bad.map(({ record, reason }) => `${record.topic}:${record.offset} ${reason}`));
      },
      onEnd: () => resolve(),
      onFailed: ({ message }) => reject(new Error(message)),
    });
  });
  found.positions.push(source.positions());
  await source.close();
  return found;
}

const rowsOf = ({ rows }: SourceBatch): unknown[][] =>
  Array.from({ length: rows.length }, (_, i) =>
    rows.columns.map((column) => {
      if (column === undefined || column.kind === 'row') return undefined;
      if (column.nulls[i] === 1) return null;
      return column.kind === 'text' ? column.at(i) : column.values[i];
    }),
  );

const JSON_FORMAT = "'format' = 'json', 'path' = 'in'";
const CSV_FORMAT = "'format' = 'csv', 'path' = 'in'";

describe('reading', () => {
  test('files are read in the order of their names, hidden ones are not, with or without a last line end', async () => {
    await mkdir(join(root, 'in/b'), { recursive: true });
    await writeFile(join(root, 'in/b/2.ndjson'), '{"n":3}\r\n\n{"n":4}');
    await writeFile(join(root, 'in/a.ndjson'), '{"n":1}\n{"n":2}\n');
    await writeFile(join(root, 'in/.hidden'), '{"n":9}\n');
    await writeFile(join(root, 'in/_done'), '');
    const node = sourceNode(
      "n INT, p STRING NOT NULL METADATA FROM 'file.path', f STRING NOT NULL METADATA FROM 'file.name', s BIGINT NOT NULL METADATA FROM 'file.size'",
      JSON_FORMAT,
    );
    expect((await read(node)).rows).toEqual([
      [1, 'in/a.ndjson', 'a.ndjson', 16],
      [2, 'in/a.ndjson', 'a.ndjson', 16],
      [3, 'in/b/2.ndjson', '2.ndjson', 17],
      [4, 'in/b/2.ndjson', '2.ndjson', 17],
    ]);
  });

  test('csv records over several lines, comments, and bad ones with their place', async () => {
    await writeFile(join(root, 'in'), '# a comment\n1,"two\nlines"\nx,y\n\n2,"not closed\n');
    const node = sourceNode('n INT, t STRING', `${CSV_FORMAT}, 'csv.allow-comments' = 'true'`);
    const { rows, bad } = await read(node);
    expect(rows).toEqual([[1, 'two\nlines']]);
    expect(bad).toEqual(["in:26 the field n is INT, and 'x' is none", 'in:31 a quote is never closed']);
  });

  test.each([
    ['json', JSON_FORMAT, (n: number) => JSON.stringify({ n, t: 'x'.repeat(n % 300) })],
    ['csv', CSV_FORMAT, (n: number) => `${n},"${'x\n'.repeat(n === 12_000 ? 700_000 : n % 4)}"`],
  ])('%s: from any position that a checkpoint may hold, exactly the rest is read', async (_, format, line) => {
    await mkdir(join(root, 'in'));
    for (let file = 0; file < 3; file++)
      await writeFile(
        join(root, `in/${file}`),
        Array.from({ length: 9_000 }, (__, i) => `${line(file * 9_000 + i)}\n`).join(''),
      );
    const node = sourceNode('n INT, t STRING', format);
    const whole = await read(node);
    expect(whole.rows.map(([n]) => n)).toEqual(Array.from({ length: 27_000 }, (__, n) => n));
    for (const batches of [1, 5]) {
      const first = await read(node, undefined, batches);
      const rest = await read(node, first.positions.at(-1));
      expect([...first.rows, ...rest.rows].map(([n]) => n)).toEqual(whole.rows.map(([n]) => n));
    }
    expect((await read(node, whole.positions.at(-1))).rows).toEqual([]);
  });

  test('a path out of the folder is refused, by .. and by a link', async () => {
    await symlink('/etc', join(root, 'link'));
    const at = (path: string): Promise<unknown> => read(sourceNode('n INT', `'format' = 'json', 'path' = '${path}'`));
    await expect(at('../x')).rejects.toThrow('leads out');
    await expect(at('link/hostname')).rejects.toThrow('leads out');
    await expect(at('/etc/hostname')).rejects.toThrow('there is no file');
    await expect(at('missing')).rejects.toThrow("there is no file or folder 'missing'");
  });

  test('a file that became shorter stops the run for a person', async () => {
    await writeFile(join(root, 'in'), '{"n":1}\n{"n":2}\n');
    const node = sourceNode('n INT', JSON_FORMAT);
    const { positions } = await read(node);
    await writeFile(join(root, 'in'), '{"n":1}\n');
    await expect(read(node, positions.at(-1))).rejects.toThrow('gone or shorter');
  });
});

test.each([
  ['json', 'ndjson', '{"n":1,"t":"a b"}\n{"n":null,"t":"c"}\n'],
  ['csv', 'csv', '1,"a b"\n,c\n'],
])('%s rows become a file with their checkpoint, once however often it is delivered', async (format, ending, text) => {
  const { columns } = sourceNode('n INT, t STRING', CSV_FORMAT).table;
  const sink = fileSink(root, columns as TablePlan['columns'], { format, path: 'out/deals' });
  sink.write(RowKind.insert, [1, 'a b']);
  sink.write(RowKind.insert, [null, 'c']);
  const blocks = sink.cut();
  const place = { run: 'r', sink: 2, checkpoint: 7, at: '2026-01-01T00:00:00.000Z' };
  await sink.deliver(place, blocks);
  await sink.deliver(place, blocks);
  const name = `part-r-2-000000000007-0000.${ending}`;
  expect(await readdir(join(root, 'out/deals'))).toEqual([name]);
  expect(await readFile(join(root, 'out/deals', name), 'utf8')).toBe(text);
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CutTextError, lineBatchesOf } from './lines.ts';

async function* cut(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length] ?? 1;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

async function read(bytes: Buffer, sizes: readonly number[]): Promise<string[]> {
  const lines: string[] = [];
  for await (const some of lineBatchesOf(cut(bytes, sizes)))
    for (const line of some) lines.push(Buffer.from(line).toString());
  return lines;
}

const line = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }).filter((text) => !text.includes('\n'));

test('lines are the same however the text is cut, between the bytes of a character too', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(line),
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
      async (lines, sizes) => {
        const text = lines.map((one) => `${one}\n`).join('');
        expect(await read(Buffer.from(text), sizes)).toEqual(lines);
      },
    ),
    { seed: 1, numRuns: 200 },
  );
});

test('a text that was cut off is told from a whole one', async () => {
  await expect(read(Buffer.from('{"a":1}\n{"a":'), [4])).rejects.toThrow(CutTextError);
  expect(await read(Buffer.from('\n{"a":1}\n\n'), [3])).toEqual(['{"a":1}']);
});

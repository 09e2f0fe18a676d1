/** Guards: uploads are read line by line, however they are cut, and what is wrong is told by its line. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { boundedLines, MAX_LINE_BYTES, type NumberedLine, readLine } from './list-lines.ts';

async function linesOf(chunks: readonly Uint8Array[]): Promise<NumberedLine[]> {
  const lines: NumberedLine[] = [];
  for await (const line of boundedLines(
    (async function* () {
      yield* chunks;
    })(),
  ))
    lines.push(line);
  return lines;
}

test('lines are the same however the text is cut into chunks', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\n', ''))),
      fc.array(fc.nat(7)),
      async (texts, cuts) => {
        const bytes = Buffer.from(texts.map((text) => `${text}\n`).join(''));
        const chunks: Buffer[] = [];
        let at = 0;
        for (const cut of cuts) chunks.push(bytes.subarray(at, (at = Math.min(bytes.length, at + cut))));
        expect(await linesOf([...chunks, bytes.subarray(at)])).toEqual(
          texts.map((text, i) => ({ number: i + 1, text })),
        );
      },
    ),
  );
});

test('a line that is too long is told and passed over, however long it is', async () => {
  const long = Buffer.alloc(MAX_LINE_BYTES, 'x');
  expect(await linesOf([Buffer.from('a\n'), long, long, long, Buffer.from('y\nb')])).toEqual([
    { number: 1, text: 'a' },
    { number: 2, text: undefined },
    { number: 3, text: 'b' },
  ]);
});

test('what is no UTF-8 is told', async () => {
  expect(await linesOf([Buffer.of(0xff, 10, 97)])).toEqual([
    { number: 1, text: undefined },
    { number: 2, text: 'a' },
  ]);
});

describe('a line of', () => {
  test.each([
    ['ndjson', '"c-1"', 'c-1'],
    ['ndjson', ' 17\r', '17'],
    ['ndjson', '1e3', '1000'],
    ['ndjson', '"\\u6d77"', '海'],
    ['csv', 'c-1\r', 'c-1'],
    ['csv', 'c 1', 'c 1'],
    ['csv', '"a, ""b"""', 'a, "b"'],
  ] as const)('%s: %s', (format, line, entry) => expect(readLine(format, line)).toEqual({ kind: 'entry', entry }));

  test.each([
    ['ndjson', '', 'empty'],
    ['csv', '  \r', 'empty'],
    ['ndjson', '{"id": 1}', 'fault'],
    ['ndjson', 'c-1', 'fault'],
    ['ndjson', 'null', 'fault'],
    ['ndjson', '" a"', 'fault'],
    ['ndjson', '"a\\u0000"', 'fault'],
    ['ndjson', '"\\ud800"', 'fault'],
    ['ndjson', '""', 'fault'],
    ['ndjson', `"${'x'.repeat(257)}"`, 'fault'],
    ['csv', 'a,b', 'fault'],
    ['csv', '"a', 'fault'],
    ['csv', '""', 'fault'],
  ] as const)('%s: %s is %s', (format, line, kind) => expect(readLine(format, line).kind).toBe(kind));
});

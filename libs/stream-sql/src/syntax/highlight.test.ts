import fc from 'fast-check';
import { expect, test } from 'vitest';
import { highlight } from './highlight.ts';

test.each([
  [
    "SELECT COUNT(*) AS n, `select` -- c\nFROM t WHERE a = 'x' AND b > 1.5",
    "keyword SELECT · function COUNT · operator ( · operator * · operator ) · keyword AS · name n · operator , · name `select` · comment -- c · keyword FROM · name t · keyword WHERE · name a · operator = · string 'x' · keyword AND · name b · operator > · number 1.5",
  ],
  [
    "id INT PRIMARY KEY, key STRING METADATA FROM X'00' VIRTUAL, my_fn(a)",
    "name id · keyword INT · keyword PRIMARY · keyword KEY · operator , · name key · keyword STRING · keyword METADATA · keyword FROM · string X'00' · name VIRTUAL · operator , · function my_fn · operator ( · name a · operator )",
  ],
  ["SELECT 'abc", "keyword SELECT · bad 'abc"],
])('%s', (text, pieces) => {
  expect(
    highlight(text)
      .map(({ kind, start, end }) => `${kind} ${text.slice(start, end)}`)
      .join(' · '),
  ).toBe(pieces);
});

test('the pieces of any text stand in order and leave out blanks only', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom(...'aE_1.5\'`"-/*+()<>=|&;, \n\t\\😀漢'), maxLength: 40 }),
      (text) => {
        let end = 0;
        for (const piece of highlight(text)) {
          expect(text.slice(end, piece.start).trim()).toBe('');
          expect(piece.end).toBeGreaterThan(piece.start);
          end = piece.end;
        }
        expect(text.slice(end).trim()).toBe('');
      },
    ),
  );
});

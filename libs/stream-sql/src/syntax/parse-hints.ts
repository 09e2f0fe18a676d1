import type { Cursor } from './cursor.ts';
import type { Hint, OptionNode } from './tree.ts';

/** `[/*+ NAME('key' = 'value'), NAME(a, b) *` + `/]` */
export function parseHints(cursor: Cursor): Hint[] {
  if (!cursor.accept('/*+')) return [];
  const hints = cursor.list(() => parseHint(cursor));
  cursor.expect('*/', 'at the end of the hint');
  return hints;
}

function parseHint(cursor: Cursor): Hint {
  const start = cursor.at;
  const name = cursor.name('a hint').name.toUpperCase();
  const options: OptionNode[] = [];
  const values: string[] = [];
  if (cursor.accept('(') && !cursor.accept(')')) {
    cursor.list(() => {
      const option = cursor.isAt(1, '=') ? parseHintOption(cursor) : undefined;
      if (option === undefined) values.push(parseHintValue(cursor));
      else options.push(option);
    });
    cursor.expect(')', `after ${name}(...`);
  }
  return { name, options, values, at: cursor.span(start) };
}

function parseHintOption(cursor: Cursor): OptionNode {
  const key = cursor.peek();
  if (key.kind === 'string') cursor.next();
  else cursor.name("a key, for example 'table'");
  cursor.expect('=', 'after the key');
  const value = cursor.string('the value in quotes');
  const text = key.kind === 'word' ? key.source : key.text;
  return { key: text, keyAt: key.at, value: value.text, valueAt: value.at, at: cursor.span(key.at) };
}

function parseHintValue(cursor: Cursor): string {
  const token = cursor.peek();
  if (token.kind === 'string' || token.kind === 'number') return cursor.next().text;
  return cursor
    .path('a table or a value')
    .map((part) => part.name)
    .join('.');
}

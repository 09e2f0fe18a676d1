import type { TypeNode } from './ast.ts';
import { SqlRefusal } from './problem.ts';
import type { TokenStream } from './token-stream.ts';

/** Reads a type: `NAME [(n [, m])] [WITH LOCAL TIME ZONE] [NOT NULL]`, `ROW<...>`, `ARRAY<...>`, `MAP<...>`. */
export function parseType(tokens: TokenStream): TypeNode {
  const token = tokens.next();
  if (token.kind !== 'word')
    throw new SqlRefusal(
      token.at,
      `${token.source || 'the end of the text'} is not a type`,
      'for example STRING, BIGINT, DECIMAL(18, 2), TIMESTAMP_LTZ(3)',
    );
  let name = token.text;
  const parameters: number[] = [];
  const fields: { name: ReturnType<TokenStream['name']>; type: TypeNode }[] = [];
  const args: TypeNode[] = [];
  if (name === 'ROW') {
    const close = tokens.accept('<') ? '>' : tokens.accept('(') ? ')' : tokens.unexpected('ROW<name TYPE, ...>');
    do {
      const field = tokens.name('a field name');
      fields.push({ name: field, type: parseType(tokens) });
      if (tokens.peek().kind === 'string') tokens.next();
    } while (tokens.accept(','));
    tokens.expect(close, 'after the fields of ROW');
  } else if (tokens.accept('<')) {
    do args.push(parseType(tokens));
    while (tokens.accept(','));
    tokens.expect('>', `after the types of ${name}`);
  } else {
    if (name === 'DOUBLE') tokens.accept('PRECISION');
    if (name === 'CHARACTER') name = tokens.accept('VARYING') ? 'VARCHAR' : 'CHAR';
    if (tokens.accept('(')) {
      do {
        const number = tokens.next();
        if (number.kind !== 'number' || !/^\d+$/.test(number.text))
          throw new SqlRefusal(number.at, `a whole number is expected in ${name}(...)`);
        parameters.push(Number(number.text));
      } while (tokens.accept(','));
      tokens.expect(')', `after the parameters of ${name}`);
    }
    if (name === 'TIMESTAMP' || name === 'TIME') {
      if (tokens.accept('WITH', 'LOCAL', 'TIME', 'ZONE')) name = `${name}_LTZ`;
      else if (tokens.accept('WITH', 'TIME', 'ZONE')) name = `${name}_TZ`;
      else tokens.accept('WITHOUT', 'TIME', 'ZONE');
    }
  }
  let nullable = true;
  if (tokens.accept('NOT', 'NULL')) nullable = false;
  else tokens.accept('NULL');
  return { at: token.at, name, parameters, fields, arguments: args, nullable };
}

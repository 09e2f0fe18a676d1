import { expect, test } from 'vitest';
import { z } from 'zod';
import { BaseConfig, readConfig } from './base-config.ts';
import { parse, ProblemError } from './problem.ts';

test('a refused input names each field by its JSON pointer', () => {
  const schema = z.object({ items: z.array(z.object({ 'a/b': z.number() })) });
  try {
    parse(schema, { items: [{ 'a/b': 'x' }] });
    expect.unreachable();
  } catch (error) {
    expect(error).toBeInstanceOf(ProblemError);
    expect((error as ProblemError).fields).toMatchObject({
      status: 400,
      code: 'invalid-input',
      extra: { errors: [{ pointer: '/items/0/a~1b' }] },
    });
  }
});

test('a wrong setting comes back as one sentence that names it', () => {
  const result = readConfig(BaseConfig, { PORT: 'x', KAFKA_BROKERS: '127.0.0.1:1' });
  expect(result).toMatchObject({ kind: 'rejected', sentence: expect.stringMatching(/PORT/) as string });
});

import { Subject } from '@hermes/contracts/identifiers';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { distinctSubjects, isSubject, partsOf } from './subject.ts';

test('the page takes for a subject exactly what the services take for one', () => {
  const text = fc.oneof(fc.string(), fc.stringMatching(/^[a-z]{1,3}[a-z0-9_-]{0,2}:[^ ]{0,4}$/));
  fc.assert(fc.property(text, (candidate) => isSubject(candidate) === Subject.safeParse(candidate).success));
});

test('a subject falls into kind and id, and suggestions name nothing twice', () => {
  expect(partsOf('broker:b:17')).toEqual({ kind: 'broker', id: 'b:17' });
  expect(distinctSubjects(['a:1', 'service/x', 'a:1', 'b:2', 'c:3'], 2)).toEqual(['a:1', 'b:2']);
});

import { expect, test } from 'vitest';
import { KeptAnswers } from './kept-answers.ts';

test('the answer that was not used for longest makes room', () => {
  const kept = new KeptAnswers(2);
  kept.keep('/a', { etag: '1', text: 'a' });
  kept.keep('/b', { etag: '1', text: 'b' });
  kept.get('/a');
  kept.keep('/c', { etag: '1', text: 'c' });
  kept.keep('/c', { etag: '2', text: 'c2' });
  expect(['/a', '/b', '/c'].map((address) => kept.get(address)?.text)).toEqual(['a', undefined, 'c2']);
});

test('none is kept when none shall be', () => {
  const kept = new KeptAnswers(0);
  kept.keep('/a', { etag: '1', text: 'a' });
  expect(kept.get('/a')).toBeUndefined();
});

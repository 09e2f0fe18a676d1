import { describe, expect, test } from 'vitest';
import { KEPT_SETS, planPublication, type Publication } from './publish-definitions.ts';

const publication = (...members: readonly (readonly [string, number])[]): Publication => ({
  publishedAt: '2026-01-01T00:00:00.000Z',
  members: members.map(([id, version]) => ({ id, version, value: `${id}${version}` })),
});

/** A compacted topic in memory. */
function topic() {
  const present = new Map<string, Buffer>();
  const publish = (what: Publication) => {
    const plan = planPublication('t', present, what);
    for (const { key, value } of plan.messages) {
      if (value === null) present.delete(String(key));
      else present.set(String(key), Buffer.from(value));
    }
    return {
      number: plan.number,
      keys: plan.messages.map(({ key, value }) => `${value === null ? '-' : '+'}${String(key)}`),
    };
  };
  return { present, publish };
}

describe('publishing a set of definitions', () => {
  test('writes the members first, then the set that names them', () => {
    expect(topic().publish(publication(['b', 1], ['a', 1]))).toEqual({
      number: 1,
      keys: ['+def/b/1', '+def/a/1', '+set/000000000001'],
    });
  });

  test('a repeat changes nothing, in whatever order the members are named', () => {
    const { publish } = topic();
    publish(publication(['a', 1], ['b', 1]));
    expect(publish(publication(['b', 1], ['a', 1]))).toEqual({ number: 1, keys: [] });
  });

  test('writes only the members that are new', () => {
    const { publish } = topic();
    publish(publication(['a', 1], ['b', 1]));
    expect(publish(publication(['a', 2], ['b', 1]))).toEqual({ number: 2, keys: ['+def/a/2', '+set/000000000002'] });
  });

  test('a crash between members and set is made good by a repeat', () => {
    const { present, publish } = topic();
    present.set('def/a/1', Buffer.from('a1'));
    expect(publish(publication(['a', 1]))).toEqual({ number: 1, keys: ['+set/000000000001'] });
  });

  test('refuses another value under the same version', () => {
    const { publish } = topic();
    publish(publication(['a', 1]));
    const changed: Publication = { publishedAt: '', members: [{ id: 'a', version: 1, value: 'other' }] };
    expect(() => publish(changed)).toThrow('give the change a new version');
  });

  test('keeps the newest sets and what they need, and nothing else', () => {
    const { present, publish } = topic();
    for (let version = 1; version <= KEPT_SETS + 20; version++) publish(publication(['a', version], ['same', 1]));
    const sets = [...present.keys()].filter((key) => key.startsWith('set/')).sort();
    expect(sets).toHaveLength(KEPT_SETS);
    expect(sets[0]).toBe('set/000000000021');
    expect([...present.keys()].filter((key) => key.startsWith('def/'))).toHaveLength(KEPT_SETS + 1);
  });

  test('an empty set is a set: every definition was withdrawn', () => {
    const { publish } = topic();
    publish(publication(['a', 1]));
    expect(publish(publication())).toEqual({ number: 2, keys: ['+set/000000000002'] });
  });
});

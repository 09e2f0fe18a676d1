/** Guards: a rule may go by another key than the subject, and what is wrong or doubtful about that is said at its place, in both languages. */
import { expect, test } from 'vitest';
import { checkRule } from './check-rule.ts';
import { findingsOf } from './findings.ts';
import { EVENT_TYPES } from './testing/event-types.ts';

const draft = {
  name: 'Big deal',
  eventTypes: ['deal.signed'],
  conditions: { all: [{ fact: 'event' as const, path: '$.data.rooms', operator: 'greaterThan', value: 2 }] },
  event: { type: 'big-deal' },
  severity: 'warning',
};

test('a rule may go by another key than the subject', () => {
  const key = { entity: 'device', path: '$.data.deviceId' };
  expect(checkRule({ ...draft, key })).toMatchObject({ kind: 'ok', draft: { key } });
});

test.each([
  ['without its field', { entity: 'device' }, '/key/path invalid-field'],
  ['that is no path', { entity: 'device', path: 'data.id' }, 'begins with "$"'],
  ['of a script', { entity: 'device', path: '$.data[(@.length-1)]' }, '/key/path invalid-path'],
  ['of no kind', { entity: 'A device', path: '$.data.id' }, 'an entity is a lower-case word'],
  ['with more', { entity: 'device', pth: '$.data.id', path: '$' }, 'did you mean "path"?'],
  ['of another place', JSON.parse('{"__proto__": {"entity": "device", "path": "$"}}'), '/key/entity invalid-field'],
])('a key %s is refused', (_, key, expected) => {
  const problems = (['en', 'zh'] as const).map((language) => {
    const checked = checkRule({ ...draft, key }, language);
    return checked.kind === 'ok' ? [] : checked.problems;
  });
  const [english, chinese] = problems as [(typeof problems)[number], (typeof problems)[number]];
  expect(english.map(({ pointer, code, message }) => `${pointer} ${code}: ${message}`).join('\n')).toContain(expected);
  expect(chinese.map(({ pointer, code }) => `${pointer} ${code}`)).toEqual(
    english.map(({ pointer, code }) => `${pointer} ${code}`),
  );
  for (const { message } of chinese) expect(message).toMatch(/\p{Script=Han}/u);
});

test('when no event has the field that the rule goes by, it is told so', () => {
  const told = (path: string): readonly string[] =>
    findingsOf({ ...draft, key: { entity: 'home', path } }, { catalogue: EVENT_TYPES, same: [] }).warnings.map(
      ({ pointer, code }) => `${pointer} ${code}`,
    );
  expect([told('$.data.home.id'), told('$.data.home.idd')]).toEqual([[], ['/key/path unknown-field']]);
});

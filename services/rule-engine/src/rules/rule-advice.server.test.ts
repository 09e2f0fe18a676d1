/** Guards, on the real servers: what looks like a mistake in a rule is told when it is saved, in the language that is asked for, and checking saves nothing. */
import type { KafkaDriver } from '@hermes/connectors/kafka/driver';
import { openKafka } from '@hermes/connectors/kafka/open-kafka';
import type { EventType } from '@hermes/contracts/event-type';
import type { Condition, RuleDraft } from '@hermes/contracts/rule';
import { RuleCheck, SavedRule } from '@hermes/contracts/rule-api';
import { eventTypesTopic } from '@hermes/contracts/topics';
import {
  buildService,
  endServices,
  eventually,
  type ServiceProcess,
  serverUrl,
  startService,
} from '@hermes/service-kit/testing/service-process';
import { makeTestDatabase, type TestDatabase } from '@hermes/service-kit/testing/test-database';
import { makeTestProject, type TestProject } from '@hermes/service-kit/testing/test-project';
import { publishDefinitionSet } from '@hermes/stream-runtime/publish-definitions';
import { afterAll, beforeAll, expect, test } from 'vitest';

const folder = new URL('../..', import.meta.url);
const words = { en: 'Deal', zh: '成交' };
const dealSigned: EventType = {
  type: 'deal.signed',
  version: 1,
  createdAt: '2026-03-01T00:00:00.000Z',
  title: words,
  description: words,
  schema: { type: 'object', properties: { rooms: { type: 'integer' }, totalPriceCny: { type: 'number' } } },
  places: [],
  example: {},
};

let kafka: KafkaDriver;
let database: TestDatabase;
let project: TestProject;
let service: ServiceProcess;
const tokens: Record<'viewer' | 'editor', string> = { viewer: '', editor: '' };

beforeAll(async () => {
  buildService(folder);
  kafka = openKafka({ brokers: serverUrl('KAFKA_BROKERS').split(','), clientId: 'rule-advice-test' });
  database = await makeTestDatabase();
  project = await makeTestProject(kafka, 1);
  tokens.viewer = await project.token('viewer');
  tokens.editor = await project.token('editor');
  service = await startService(folder, { DATABASE_URL: database.url });
});
afterAll(async () => {
  await endServices();
  await project.remove();
  await kafka.close();
  await database.drop();
});

const compare = (path: string, operator: string, value: unknown): Condition => ({
  fact: 'event',
  path,
  operator,
  value,
});
/** @param firing - an event's data on which it fires */
const draft = (all: readonly Condition[], firing: Readonly<Record<string, unknown>>): RuleDraft => ({
  name: 'Large deal',
  eventTypes: ['deal.signed'],
  conditions: { all },
  event: { type: 'large-deal' },
  severity: 'warning',
  alert: true,
  tests: [{ name: 'fires', event: { data: firing }, fires: true }],
});
const misspelt = draft([compare('$.data.totlPrice', 'greaterThan', 10_000_000)], { totlPrice: 10_000_001 });
const never = draft([compare('$.data.rooms', 'greaterThan', 3), compare('$.data.rooms', 'lessThan', 2)], { rooms: 3 });

async function call(method: string, path: string, body: unknown, languages?: string): Promise<[number, unknown]> {
  const response = await fetch(`${service.url}/v1/projects/${project.id}/rules${path}`, {
    method,
    headers: {
      authorization: `Bearer ${method === 'PUT' ? tokens.editor : tokens.viewer}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(languages === undefined ? {} : { 'accept-language': languages }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return [response.status, await response.json()];
}
const codesOf = (remarks: readonly { readonly code: string }[]): readonly string[] => remarks.map(({ code }) => code);

test('a project without a catalogue is told that fields were not checked, and the rule is saved', async () => {
  const [status, saved] = await eventually('the project is taken up', async () => {
    const answer = await call('PUT', '/early', misspelt);
    return answer[0] === 404 || answer[0] === 503 ? undefined : answer;
  });
  expect([status, codesOf(SavedRule.parse(saved).warnings)]).toEqual([201, ['fields-unchecked']]);
  expect((await call('GET', '/early', undefined))[0]).toBe(200);
});

test('a misspelt field is told in Chinese and in English, and the rule is saved all the same', async () => {
  await publishDefinitionSet(kafka, eventTypesTopic(project.id), {
    members: [{ id: dealSigned.type, version: 1, value: JSON.stringify(dealSigned) }],
    publishedAt: new Date().toISOString(),
  });
  await eventually('the catalogue is known', async () => {
    const [, checked] = await call('POST', '/check?id=early', misspelt);
    return codesOf(RuleCheck.parse(checked).warnings).includes('unknown-field') ? true : undefined;
  });
  const [inEnglish, inChinese] = [
    await call('PUT', '/early', misspelt),
    await call('PUT', '/early', misspelt, 'zh-CN,zh;q=0.9,en;q=0.8'),
  ];
  const warning = { pointer: '/conditions/all/0/path', code: 'unknown-field' };
  expect([inEnglish[0], SavedRule.parse(inEnglish[1]).warnings]).toEqual([
    200,
    [{ ...warning, message: '"deal.signed" has no field "totlPrice"; did you mean "$.data.totalPriceCny"?' }],
  ]);
  expect(SavedRule.parse(inChinese[1]).warnings).toEqual([
    { ...warning, message: '“deal.signed”没有字段“totlPrice”；是不是“$.data.totalPriceCny”？' },
  ]);
});

test('a rule that would never fire is not saved', async () => {
  const [status, problem] = await call('PUT', '/never', never, 'zh');
  expect([status, problem]).toMatchObject([
    400,
    {
      code: 'invalid-rule',
      errors: [
        {
          pointer: '/conditions/all/1',
          code: 'never-fires',
          message: expect.stringMatching('永远不会触发') as unknown,
        },
      ],
    },
  ]);
  expect((await call('GET', '/never', undefined))[0]).toBe(404);
});

test('checking a draft says what saving it would, and saves nothing', async () => {
  const before = await call('GET', '', undefined);
  const check = async (body: unknown, id = ''): Promise<unknown> => {
    const [status, checked] = await call('POST', `/check${id}`, body);
    expect(status).toBe(200);
    const { problems, warnings } = RuleCheck.parse(checked);
    return [codesOf(problems), codesOf(warnings)];
  };
  expect(await check(misspelt)).toEqual([[], ['unknown-field', 'same-condition']]);
  expect(await check(misspelt, '?id=early')).toEqual([[], ['unknown-field']]);
  expect(await check(draft([compare('$.data.rooms', 'equal', '3')], { rooms: '3' }))).toEqual([[], ['type-mismatch']]);
  expect(await check(never)).toEqual([['never-fires'], []]);
  expect(await check({ ...misspelt, name: '', colour: 'red' })).toEqual([['invalid-field', 'unknown-field'], []]);
  expect(await check({ ...misspelt, tests: [{ name: 'one', event: { data: {} }, fires: true }] })).toEqual([
    ['failed-test'],
    ['unknown-field', 'same-condition'],
  ]);
  expect(await check({ ...misspelt, tests: [] })).toEqual([['no-tests'], ['unknown-field', 'same-condition']]);
  expect(await check(null)).toEqual([['not-a-rule'], []]);
  expect(await call('POST', '/check', draft([compare('$.data.rooms', 'eqal', 3)], { rooms: 3 }), 'zh')).toMatchObject([
    200,
    { problems: [{ message: '未知的运算符“eqal”；是不是“equal”？' }] },
  ]);
  expect(await call('GET', '', undefined)).toEqual(before);
});

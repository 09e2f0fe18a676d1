/** Guards: a rule in the shadow decides on live events, its decisions are listed apart, and none asks for an alert. */
import { Decision } from '@hermes/contracts/decision';
import { decisionsTopic } from '@hermes/contracts/topics';
import { eventRecord, sampleEvent } from '@hermes/service-kit/testing/sample-event';
import { eventually } from '@hermes/service-kit/testing/service-process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ruleOver, RulesRoom } from '../testing/rules-room.ts';

let room: RulesRoom;
beforeAll(async () => {
  room = await RulesRoom.open();
});
afterAll(() => room.close());

test('a rule in the shadow beside one in the light', async () => {
  const alerts = new Map<string, string | undefined>();
  const follower = await room.kafka.follow({
    topic: decisionsTopic(room.project.id),
    onRecord: ({ value, headers }) => {
      const { ruleId } = Decision.parse(JSON.parse(value!.toString()));
      alerts.set(ruleId, headers['hermes_alert']?.toString());
    },
  });
  await room.call('editor', 'PUT', 'rules/light', ruleOver(100));
  await room.call('editor', 'PUT', 'rules/dark', ruleOver(50, { shadow: true }));
  const producer = await room.kafka.producer();
  let n = 0;
  await eventually('both have decided', async () => {
    await producer.send([eventRecord(sampleEvent(room.project.id, { id: `e-${n++}`, data: { price: 101 } }))]);
    return alerts.size === 2 ? true : undefined;
  });
  await producer.close();
  await follower.close();
  expect(Object.fromEntries(alerts)).toEqual({ light: 'true', dark: 'false' });

  const rulesIn = async (query: string): Promise<readonly string[]> => {
    const { decisions } = (await room.call('viewer', 'GET', `decisions?${query}`)).body as { decisions: Decision[] };
    return [...new Set(decisions.map(({ ruleId }) => ruleId))].sort();
  };
  await eventually('they have landed', async () => ((await rulesIn('shadow=with')).length === 2 ? true : undefined));
  expect([await rulesIn(''), await rulesIn('shadow=only')]).toEqual([['light'], ['dark']]);
});

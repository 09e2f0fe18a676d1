/** Guards: with RULES_EVALUATOR=reference events are decided by json-rules-engine, in its thread, as the service is bundled. */
import { eventRecord, sampleEvent } from '@hermes/service-kit/testing/sample-event';
import { eventually } from '@hermes/service-kit/testing/service-process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DecisionLog } from '../testing/decision-log.ts';
import { ruleOver, RulesRoom } from '../testing/rules-room.ts';

let room: RulesRoom;
beforeAll(async () => {
  room = await RulesRoom.open(1, { RULES_EVALUATOR: 'reference' });
}, 120_000);
afterAll(() => room.close());

test('what json-rules-engine cannot decide does not fire, where the compiled rule would; all else does', async () => {
  const log = await DecisionLog.open(room.kafka, room.project.id);
  const plain = ruleOver(100);
  const price = { fact: 'event', path: '$.data.price' } as const;
  // Without a list json-rules-engine throws, though the price alone decides.
  const isListed = { ...price, operator: 'in', value: { fact: 'event', path: '$.data.list' } };
  const either = ruleOver(100, { conditions: { any: [{ ...price, operator: 'greaterThan', value: 100 }, isListed] } });
  expect(await room.outcome('editor', 'PUT', 'rules/either', either)).toBe('201');
  expect(await room.outcome('editor', 'PUT', 'rules/plain', plain)).toBe('201');
  const producer = await room.kafka.producer();
  const has = (ruleId: string, id: string): boolean =>
    log.decisions.some((one) => one.ruleId === ruleId && one.event.id === id);
  let n = 0;
  await eventually('both rules have decided', async () => {
    const [without, listed] = [`without-${++n}`, `listed-${n}`];
    const event = (id: string, more: object) =>
      eventRecord(sampleEvent(room.project.id, { id, data: { price: 101, ...more } }));
    await producer.send([event(without, {}), event(listed, { list: [1] })]);
    await eventually('the second has', () => has('plain', listed) || undefined, 2_000).catch(() => undefined);
    return (has('plain', without) && has('either', listed)) || undefined;
  });
  await producer.close();
  await log.close();
  const events = log.decisions.filter(({ ruleId }) => ruleId === 'either').map(({ event }) => event.id);
  expect(events.filter((id) => !id.startsWith('listed-'))).toEqual([]);
});

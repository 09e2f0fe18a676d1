import type { HermesEvent } from '@hermes/contracts/event';
import { hermesEvent } from '@hermes/profiles/testing/features';
import fc from 'fast-check';

const HOUR_MS = 3_600_000;
export const PAST_BEGINS_MS = Date.UTC(2026, 2, 1);

/** Events of three subjects as they stand on a log, over some days; some are late, some come back to an earlier receipt of a slow clock. */
export const pastEvents: fc.Arbitrary<readonly HermesEvent[]> = fc
  .array(
    fc.record({
      subject: fc.constantFrom('broker:b-1', 'broker:b-2', 'broker:b-3'),
      type: fc.constantFrom('a', 'a', 'b', 'c'),
      laterMs: fc.oneof(fc.nat(HOUR_MS / 4), fc.nat(12 * HOUR_MS)),
      lateMs: fc.oneof(fc.constant(0), fc.nat(5_000), fc.nat(60 * HOUR_MS)),
      price: fc.oneof(fc.integer({ min: 0, max: 6 }), fc.constant('none')),
    }),
    { minLength: 1, maxLength: 40, size: 'max' },
  )
  .map((list) => {
    let receivedAtMs = PAST_BEGINS_MS;
    return list.map(({ subject, type, laterMs, lateMs, price }, i) => {
      receivedAtMs += laterMs;
      const timeMs = receivedAtMs - lateMs;
      return hermesEvent({ id: `e-${i}`, source: '/test', type, subject, timeMs, receivedAtMs, data: { price } });
    });
  });

/** As history gives them: subject by subject. */
export const bySubject = (events: readonly HermesEvent[]): readonly HermesEvent[] =>
  [...Map.groupBy(events, ({ subject }) => subject)].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([, own]) => own);

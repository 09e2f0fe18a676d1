import {
  awaitedState,
  type AwaitedState,
  awaitVisit,
  NOTHING_AWAITED,
  shapesOf,
  stillAwaited,
  type Visit,
  visitKey,
  visitOfCheckIn,
  visitOfShowing,
  visitSeen,
  whatDidNotCome,
  within,
} from './awaited-visit.ts';
import type { Check } from './check.ts';
import { type Finding, spoken } from './finding.ts';
import { numberField, type ParametersOf, parametersSchema, text } from './parameters.ts';
import { stateCodec } from './state-codec.ts';

const fields = {
  apartMinutes: numberField(
    text('A check-in counts this long before or after the showing', '签到与带看的时间差上限'),
    'minutes',
    { default: 30, min: 0, max: 1_440 },
  ),
  waitMinutes: numberField(text("Wait this long after the showing's end", '带看结束后等待'), 'minutes', {
    // Phones without network send a check-in when they have one again.
    default: 15,
    min: 0,
    max: 1_440,
  }),
} as const;

const observes = ['showing', 'check-in'] as const;
const MINUTE_MS = 60_000;

const findingOf = (showing: Visit, parameters: ParametersOf<typeof fields>): Finding => ({
  kind: 'showing-without-check-in',
  timeMs: showing.untilMs,
  concerns: [`broker:${showing.brokerId}`, `showing:${showing.id}`, `listing:${showing.listingId}`],
  reason: text(
    `The showing of ${showing.listingId} has no check-in within ${spoken(parameters.apartMinutes)} min of it`,
    `房源 ${showing.listingId} 的带看前后 ${spoken(parameters.apartMinutes)} 分钟内没有签到`,
  ),
  numbers: { showingMinutes: (showing.untilMs - showing.fromMs) / MINUTE_MS, apartMinutes: parameters.apartMinutes },
  labels: {},
  strength: 1,
  shapes: shapesOf(showing, 'listing'),
});

/** A showing that nobody checked in to. Known only when time has passed: a check-in may arrive after the showing. */
export const showingWithoutCheckIn: Check<AwaitedState, typeof fields> = {
  kind: 'showing-without-check-in',
  title: text('Showing without check-in', '带看未签到'),
  description: text(
    'A showing was reported, and the broker did not check in at the listing.',
    '经纪人上报了带看，但未在房源签到。',
  ),
  fields,
  parameters: parametersSchema(fields),
  observes,
  keyOf: visitKey(observes),
  initial: NOTHING_AWAITED,
  codec: stateCodec('showing-without-check-in', 2, awaitedState),
  observe(state, observation, { apartMinutes, waitMinutes }) {
    const matching = within(apartMinutes * MINUTE_MS);
    if (observation.kind === 'check-in') return visitSeen(state, visitOfCheckIn(observation), matching);
    if (observation.kind !== 'showing') return stillAwaited(state);
    const dueMs = Math.max(observation.endedAtMs, observation.timeMs) + waitMinutes * MINUTE_MS;
    return awaitVisit(state, visitOfShowing(observation), dueMs, matching);
  },
  onDue: (state, nowMs, parameters) => whatDidNotCome(state, nowMs, (showing) => findingOf(showing, parameters)),
};

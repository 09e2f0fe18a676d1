import {
  awaitedState,
  type AwaitedState,
  awaitVisit,
  NOTHING_AWAITED,
  shapesOf,
  stillAwaited,
  type Visit,
  visitCancelled,
  visitKey,
  visitOfAppointment,
  visitOfCheckIn,
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
    text('An appointment counts when it begins this long before or after the check-in', '预约与签到的时间差上限'),
    'minutes',
    { default: 120, min: 0, max: 1_440 },
  ),
  waitMinutes: numberField(text('Wait this long for the appointment', '等待预约补录'), 'minutes', {
    default: 10,
    min: 0,
    max: 1_440,
  }),
} as const;

const observes = ['check-in', 'appointment', 'appointment-cancelled'] as const;
const MINUTE_MS = 60_000;

const findingOf = (checkIn: Visit, parameters: ParametersOf<typeof fields>): Finding => ({
  kind: 'check-in-without-appointment',
  timeMs: checkIn.fromMs,
  concerns: [`broker:${checkIn.brokerId}`, `check-in:${checkIn.id}`, `listing:${checkIn.listingId}`],
  reason: text(
    `Checked in at ${checkIn.listingId} without an appointment there within ${spoken(parameters.apartMinutes)} min`,
    `在房源 ${checkIn.listingId} 签到，但前后 ${spoken(parameters.apartMinutes)} 分钟内没有该房源的预约`,
  ),
  numbers: { apartMinutes: parameters.apartMinutes },
  labels: {},
  strength: 1,
  shapes: shapesOf(checkIn, 'check-in'),
});

/**
 * A check-in that nobody had agreed on. It waits a little, because people write the appointment down on arrival. It knows the appointments that it has
 * seen: one that was made before the check began to look is none.
 */
export const checkInWithoutAppointment: Check<AwaitedState, typeof fields> = {
  kind: 'check-in-without-appointment',
  title: text('Check-in without appointment', '无预约签到'),
  description: text(
    'A broker checks in at a listing that no appointment was made for.',
    '经纪人在没有预约的房源签到。',
  ),
  fields,
  parameters: parametersSchema(fields),
  observes,
  keyOf: visitKey(observes),
  initial: NOTHING_AWAITED,
  codec: stateCodec('check-in-without-appointment', 2, awaitedState),
  observe(state, observation, { apartMinutes, waitMinutes }) {
    const matching = within(apartMinutes * MINUTE_MS);
    switch (observation.kind) {
      case 'appointment':
        return visitSeen(state, visitOfAppointment(observation), matching);
      case 'appointment-cancelled':
        return visitCancelled(state, observation);
      case 'check-in':
        return awaitVisit(state, visitOfCheckIn(observation), observation.timeMs + waitMinutes * MINUTE_MS, matching);
      default:
        return stillAwaited(state);
    }
  },
  onDue: (state, nowMs, parameters) => whatDidNotCome(state, nowMs, (checkIn) => findingOf(checkIn, parameters)),
};

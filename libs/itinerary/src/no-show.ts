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
  visitOfShowing,
  visitSeen,
  whatDidNotCome,
} from './awaited-visit.ts';
import type { Check } from './check.ts';
import { type Finding, spoken } from './finding.ts';
import { numberField, type ParametersOf, parametersSchema, text } from './parameters.ts';
import { stateCodec } from './state-codec.ts';

const fields = {
  waitMinutes: numberField(text('Wait this long after the agreed time', '约定时间后等待'), 'minutes', {
    default: 30,
    min: 1,
    max: 1_440,
  }),
  earlyMinutes: numberField(text('A check-in counts from this long before it', '提前签到有效时间'), 'minutes', {
    default: 60,
    min: 0,
    max: 1_440,
  }),
} as const;

const observes = ['appointment', 'appointment-cancelled', 'check-in', 'showing'] as const;
const MINUTE_MS = 60_000;

const findingOf = (appointment: Visit, parameters: ParametersOf<typeof fields>): Finding => ({
  kind: 'no-show',
  timeMs: appointment.fromMs,
  concerns: [`broker:${appointment.brokerId}`, `appointment:${appointment.id}`, `listing:${appointment.listingId}`],
  reason: text(
    `Nobody checked in at ${appointment.listingId} until ${spoken(parameters.waitMinutes)} min after the agreed time`,
    `约定时间过后 ${spoken(parameters.waitMinutes)} 分钟，仍未在房源 ${appointment.listingId} 签到`,
  ),
  numbers: { waitMinutes: parameters.waitMinutes },
  labels: {},
  strength: 1,
  shapes: shapesOf(appointment, 'listing'),
});

/** An appointment that the broker did not come to: no check-in and no showing by the end of the wait. */
export const noShow: Check<AwaitedState, typeof fields> = {
  kind: 'no-show',
  title: text('No-show', '爽约'),
  description: text(
    'An appointment was made, not cancelled, and the broker did not come.',
    '已预约且未取消，但经纪人没有到场。',
  ),
  fields,
  parameters: parametersSchema(fields),
  observes,
  keyOf: visitKey(observes),
  initial: NOTHING_AWAITED,
  codec: stateCodec('no-show', 2, awaitedState),
  observe(state, observation, { waitMinutes, earlyMinutes }) {
    const matching = { earlyMs: earlyMinutes * MINUTE_MS, lateMs: waitMinutes * MINUTE_MS, isOfNearest: true };
    switch (observation.kind) {
      case 'appointment': {
        const dueMs = observation.startsAtMs + waitMinutes * MINUTE_MS;
        return awaitVisit(state, visitOfAppointment(observation), dueMs, matching);
      }
      case 'appointment-cancelled':
        return visitCancelled(state, observation);
      case 'check-in':
        return visitSeen(state, visitOfCheckIn(observation), matching);
      case 'showing':
        return visitSeen(state, visitOfShowing(observation), matching);
      default:
        return stillAwaited(state);
    }
  },
  onDue: (state, nowMs, parameters) =>
    whatDidNotCome(state, nowMs, (appointment) => findingOf(appointment, parameters)),
};

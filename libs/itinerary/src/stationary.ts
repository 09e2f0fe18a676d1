import { z } from 'zod';
import { brokerKey, type Check, nothing } from './check.ts';
import { distanceKm } from './distance.ts';
import { pointShape, spoken } from './finding.ts';
import { accuracyFields, errorRadiusM } from './fix-error.ts';
import { numberField, parametersSchema, text } from './parameters.ts';
import { stateCodec } from './state-codec.ts';
import { storedPoint } from './stored-place.ts';
import { workingHoursFields, workingMs } from './working-hours.ts';

const fields = {
  forMinutes: numberField(text('In one place for at least', '停留至少'), 'minutes', {
    default: 120,
    min: 5,
    max: 1_440,
  }),
  radiusM: numberField(text('One place is within', '同一地点的范围'), 'm', { default: 150, min: 10, max: 5_000 }),
  longestGapMinutes: numberField(
    text('Silence longer than this ends the stay', '超过此时间无定位则停留中断'),
    'minutes',
    {
      // A phone at rest reports seldom, and one that is off reports nothing.
      default: 30,
      min: 1,
      max: 720,
    },
  ),
  ...workingHoursFields,
  ...accuracyFields,
} as const;

const state = z.strictObject({
  stay: z
    .strictObject({
      ...storedPoint.shape,
      errorM: z.number(),
      sinceMs: z.number(),
      newestMs: z.number(),
      /** Of the stay so far, within working hours. */
      workedMs: z.number(),
      /** At how many times the limit it is told of next: 1, then 2, 4 and so on. */
      nextTimes: z.number(),
    })
    .nullable(),
});
type State = z.infer<typeof state>;

/** In one place through working hours. Told when the limit is reached, and each time that the stay has doubled. */
export const stationary: Check<State, typeof fields> = {
  kind: 'stationary',
  title: text('Stationary through working hours', '工作时间长时间停留'),
  description: text(
    'A broker stays in one place, which is not known as a place to work at, for long within working hours.',
    '经纪人在工作时间内长时间停留在非办公地点。',
  ),
  fields,
  parameters: parametersSchema(fields, ({ workFromHour, workUntilHour }) =>
    workFromHour < workUntilHour ? undefined : 'Work has to end after it begins',
  ),
  observes: ['fix'],
  keyOf: (observation) => (observation.kind === 'fix' ? brokerKey(observation) : undefined),
  initial: { stay: null },
  codec: stateCodec('stationary', 1, state),
  observe(before, observation, parameters) {
    if (observation.kind !== 'fix') return nothing(before);
    const { timeMs, position, accuracyM } = observation;
    const { stay } = before;
    if (stay !== null && timeMs <= stay.newestMs) return nothing(before);
    if (observation.isKnownPlace === true) return nothing({ stay: null });
    const errorM = errorRadiusM(accuracyM, parameters);
    const isSilent = stay !== null && timeMs - stay.newestMs > parameters.longestGapMinutes * 60_000;
    const awayM = stay === null ? 0 : distanceKm(stay, position) * 1_000 - stay.errorM - errorM;
    const { longitude, latitude } = position;
    if (stay === null || isSilent || awayM > parameters.radiusM) {
      const begun = { longitude, latitude, errorM, sinceMs: timeMs, newestMs: timeMs, workedMs: 0, nextTimes: 1 };
      return nothing({ stay: begun });
    }
    // A rough first fix would be near to everything for as long as the stay lasts.
    const anchor = errorM < stay.errorM ? { longitude, latitude, errorM } : {};
    const workedMs = stay.workedMs + workingMs(stay.newestMs, timeMs, parameters);
    const times = workedMs / (parameters.forMinutes * 60_000);
    if (times < stay.nextTimes) return nothing({ stay: { ...stay, ...anchor, newestMs: timeMs, workedMs } });
    const minutes = workedMs / 60_000;
    const [stayed, limit] = [spoken(minutes, 0), spoken(parameters.forMinutes, 0)];
    return {
      state: {
        stay: { ...stay, ...anchor, newestMs: timeMs, workedMs, nextTimes: 2 ** (Math.floor(Math.log2(times)) + 1) },
      },
      findings: [
        {
          kind: 'stationary',
          timeMs,
          concerns: [brokerKey(observation)],
          reason: text(
            `In one place for ${stayed} min of working hours; ${limit} min is the limit`,
            `工作时间内在同一地点停留 ${stayed} 分钟；上限为 ${limit} 分钟`,
          ),
          numbers: {
            minutes,
            forMinutes: parameters.forMinutes,
            hoursSinceArrival: (timeMs - stay.sinceMs) / 3_600_000,
          },
          labels: {},
          strength: times,
          shapes: [pointShape({ longitude: stay.longitude, latitude: stay.latitude, ...anchor }, 'stay')],
        },
      ],
    };
  },
};

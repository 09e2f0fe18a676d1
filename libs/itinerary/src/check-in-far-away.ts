import { z } from 'zod';
import { brokerKey, type Check, nothing } from './check.ts';
import { distanceKm } from './distance.ts';
import { lineShape, pointShape, spoken } from './finding.ts';
import { accuracyFields, errorRadiusM } from './fix-error.ts';
import { numberField, parametersSchema, text } from './parameters.ts';
import { stateCodec } from './state-codec.ts';

const fields = {
  farthestM: numberField(text('Check-in at most this far from the listing', '签到点距房源上限'), 'm', {
    // A compound of towers with one entrance is some 300 m wide, and its place on the map is its centre.
    default: 300,
    min: 10,
    max: 50_000,
  }),
  ...accuracyFields,
} as const;

const state = z.strictObject({});

/** A check-in from elsewhere. It looks at one check-in alone, so there is nothing to remember. */
export const checkInFarAway: Check<z.infer<typeof state>, typeof fields> = {
  kind: 'check-in-far-away',
  title: text('Check-in too far from the listing', '签到位置远离房源'),
  description: text(
    'A broker checks in at a listing while the phone is somewhere else, with its accuracy allowed for.',
    '扣除定位误差后，经纪人签到时手机仍远离房源。',
  ),
  fields,
  parameters: parametersSchema(fields),
  observes: ['check-in'],
  keyOf: (observation) => (observation.kind === 'check-in' ? brokerKey(observation) : undefined),
  initial: {},
  codec: stateCodec('check-in-far-away', 1, state),
  observe(before, observation, parameters) {
    if (observation.kind !== 'check-in') return nothing(before);
    const { position, listingPosition, listingId, checkInId, accuracyM, timeMs } = observation;
    if (position === undefined || listingPosition === undefined) return nothing(before);
    const distanceM = distanceKm(position, listingPosition) * 1_000;
    const errorM = errorRadiusM(accuracyM, parameters);
    const certainM = distanceM - errorM;
    if (certainM <= parameters.farthestM) return nothing(before);
    const [metres, certain, limit] = [distanceM, certainM, parameters.farthestM].map((each) => spoken(each, 0));
    return {
      state: before,
      findings: [
        {
          kind: 'check-in-far-away',
          timeMs,
          concerns: [brokerKey(observation), `listing:${listingId}`, `check-in:${checkInId}`],
          reason: text(
            `Checked in ${metres!} m from listing ${listingId}, at least ${certain!} m with the phone's error; ${limit!} m is the limit`,
            `签到点距房源 ${listingId} ${metres!} 米，扣除定位误差后至少 ${certain!} 米；上限为 ${limit!} 米`,
          ),
          numbers: { distanceM, errorM, farthestM: parameters.farthestM },
          labels: {},
          strength: certainM / parameters.farthestM,
          shapes: [
            pointShape(listingPosition, 'listing'),
            pointShape(position, 'check-in'),
            lineShape([listingPosition, position], 'jump'),
          ],
        },
      ],
    };
  },
};

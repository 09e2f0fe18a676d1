import { z } from 'zod';
import { brokerKey, type Check, nothing } from './check.ts';
import { lineShape, pointShape, spoken } from './finding.ts';
import { numberField, parametersSchema, text, yesNoField } from './parameters.ts';
import { stateCodec } from './state-codec.ts';
import { storedPoint } from './stored-place.ts';

const fields = {
  leastOverlapMinutes: numberField(text('Showings overlap by at least', '带看时间重叠至少'), 'minutes', {
    default: 10,
    min: 1,
    max: 600,
  }),
  countsSameListing: yesNoField(
    text('Several customers at one listing together count too', '多名客户同看一套房源也计入'),
    false,
  ),
} as const;

const showing = z.strictObject({
  showingId: z.string(),
  listingId: z.string(),
  customerId: z.string(),
  startedAtMs: z.number(),
  endedAtMs: z.number(),
  listingPosition: storedPoint.nullable(),
});
type Held = z.infer<typeof showing>;
const state = z.strictObject({
  /** By their ends, earliest first. */
  showings: z.array(showing),
  /** Pairs that were told of, oldest first. */
  told: z.array(z.string()),
});
type State = z.infer<typeof state>;

/** More than two days of the busiest broker; what is older is forgotten first. */
const MAX_SHOWINGS = 64;
const MAX_PAIRS = 32;

const pairOf = (one: Held, other: Held): string => JSON.stringify([one.showingId, other.showingId].toSorted());

const overlapMs = (a: Held, b: Held): number =>
  Math.min(a.endedAtMs, b.endedAtMs) - Math.max(a.startedAtMs, b.startedAtMs);

/** One broker cannot show two homes at once: one of the showings was not held, or not by this broker. */
export const overlappingShowings: Check<State, typeof fields> = {
  kind: 'overlapping-showings',
  title: text('Overlapping showings', '带看时间重叠'),
  description: text('A broker shows two listings at the same time.', '同一经纪人在同一时间带看两套房源。'),
  fields,
  parameters: parametersSchema(fields),
  observes: ['showing'],
  keyOf: (observation) => (observation.kind === 'showing' ? brokerKey(observation) : undefined),
  initial: { showings: [], told: [] },
  codec: stateCodec('overlapping-showings', 2, state),
  observe(before, observation, parameters) {
    if (observation.kind !== 'showing') return nothing(before);
    const { showingId, listingId, customerId, startedAtMs, endedAtMs, listingPosition = null } = observation;
    const now: Held = { showingId, listingId, customerId, startedAtMs, endedAtMs, listingPosition };
    // The same showing again corrects the first.
    const others = before.showings.filter((other) => other.showingId !== showingId);
    const showings = [...others, now].toSorted((a, b) => a.endedAtMs - b.endedAtMs).slice(-MAX_SHOWINGS);
    const limitMs = parameters.leastOverlapMinutes * 60_000;
    const overlapping = others
      .filter((other) => parameters.countsSameListing || other.listingId !== listingId)
      .filter((other) => overlapMs(other, now) >= limitMs)
      .toSorted((a, b) => overlapMs(b, now) - overlapMs(a, now));
    const worst = overlapping[0];
    // Sent again, or corrected, it is the same finding as before.
    if (worst === undefined || before.told.includes(pairOf(worst, now))) return nothing({ ...before, showings });
    const overlapMinutes = overlapMs(worst, now) / 60_000;
    const [minutes, limit] = [spoken(overlapMinutes), spoken(parameters.leastOverlapMinutes)];
    const places = [worst, now].flatMap((one) => (one.listingPosition === null ? [] : [one.listingPosition]));
    return {
      state: { showings, told: [...before.told, pairOf(worst, now)].slice(-MAX_PAIRS) },
      findings: [
        {
          kind: 'overlapping-showings',
          timeMs: Math.max(worst.startedAtMs, startedAtMs),
          concerns: [
            brokerKey(observation),
            ...[now, worst].flatMap((one) => [`showing:${one.showingId}`, `listing:${one.listingId}`]),
          ],
          reason: text(
            `Listings ${worst.listingId} and ${listingId} were shown at the same time for ${minutes} min; ${limit} min is the limit`,
            `房源 ${worst.listingId} 与 ${listingId} 的带看时间重叠 ${minutes} 分钟；上限为 ${limit} 分钟`,
          ),
          numbers: {
            overlapMinutes,
            leastOverlapMinutes: parameters.leastOverlapMinutes,
            overlappingShowings: overlapping.length,
          },
          labels: {},
          strength: overlapMinutes / parameters.leastOverlapMinutes,
          shapes: [
            ...places.map((at) => pointShape(at, 'listing')),
            ...(places.length === 2 ? [lineShape(places, 'jump')] : []),
          ],
        },
      ],
    };
  },
};

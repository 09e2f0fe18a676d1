import { z } from 'zod';
import { brokerKey, type Check, nothing } from './check.ts';
import { pointShape, spoken } from './finding.ts';
import { numberField, parametersSchema, text } from './parameters.ts';
import { stateCodec } from './state-codec.ts';

const fields = {
  shortestMinutes: numberField(text('A showing lasts at least', '带看时长下限'), 'minutes', {
    default: 5,
    min: 0.5,
    max: 600,
  }),
  longestMinutes: numberField(text('A showing lasts at most', '带看时长上限'), 'minutes', {
    default: 120,
    min: 1,
    max: 1_440,
  }),
} as const;

const state = z.strictObject({});

/** What a showing of no length at all counts as: whole seconds hide the rest. */
const LEAST_MINUTES = 1 / 60;

/** A showing that is too short to have shown a home, or so long that its end was forgotten. */
export const showingLength: Check<z.infer<typeof state>, typeof fields> = {
  kind: 'unusual-showing-length',
  title: text('Unusually short or long showing', '带看时长异常'),
  description: text('A showing lasts less or longer than showings do.', '带看时长明显过短或过长。'),
  fields,
  parameters: parametersSchema(fields, ({ shortestMinutes, longestMinutes }) =>
    shortestMinutes < longestMinutes ? undefined : 'The shortest showing has to be shorter than the longest one',
  ),
  observes: ['showing'],
  keyOf: (observation) => (observation.kind === 'showing' ? brokerKey(observation) : undefined),
  initial: {},
  codec: stateCodec('unusual-showing-length', 1, state),
  observe(before, observation, { shortestMinutes, longestMinutes }) {
    if (observation.kind !== 'showing') return nothing(before);
    const { showingId, listingId, listingPosition, startedAtMs, endedAtMs } = observation;
    const minutes = Math.max(0, endedAtMs - startedAtMs) / 60_000;
    const isShort = minutes < shortestMinutes;
    if (!isShort && minutes <= longestMinutes) return nothing(before);
    const limitMinutes = isShort ? shortestMinutes : longestMinutes;
    const [lasted, limit] = [spoken(minutes), spoken(limitMinutes)];
    return {
      state: before,
      findings: [
        {
          kind: 'unusual-showing-length',
          timeMs: endedAtMs,
          concerns: [brokerKey(observation), `showing:${showingId}`, `listing:${listingId}`],
          reason: text(
            `The showing of ${listingId} lasted ${lasted} min; ${isShort ? 'less' : 'more'} than ${limit} min is unusual`,
            `房源 ${listingId} 的带看时长为 ${lasted} 分钟，${isShort ? '短于' : '长于'} ${limit} 分钟`,
          ),
          numbers: { minutes, limitMinutes },
          labels: { length: isShort ? 'short' : 'long' },
          strength: isShort ? limitMinutes / Math.max(minutes, LEAST_MINUTES) : minutes / limitMinutes,
          shapes: listingPosition === undefined ? [] : [pointShape(listingPosition, 'listing')],
        },
      ],
    };
  },
};

import { z } from 'zod';
import { brokerKey, type Check, nothing } from './check.ts';
import { type Finding, lineShape, pointShape, spoken } from './finding.ts';
import type { Position } from './coordinates.ts';
import { accuracyFields, errorRadiusM } from './fix-error.ts';
import { distanceToLineM, lineOfAtMost } from './line-distance.ts';
import type { Fix, PlannedRoute } from './observation.ts';
import { numberField, type ParametersOf, parametersSchema, text } from './parameters.ts';
import { stateCodec } from './state-codec.ts';
import { storedPoint } from './stored-place.ts';

const fields = {
  corridorM: numberField(text('Off the route beyond', '偏离路线的距离'), 'm', { default: 500, min: 20, max: 50_000 }),
  forMinutes: numberField(text('For at least', '持续至少'), 'minutes', { default: 5, min: 0, max: 1_440 }),
  ...accuracyFields,
} as const;

type OffRouteParameters = ParametersOf<typeof fields>;

const route = z.strictObject({
  routeId: z.string(),
  /** [longitude, latitude], to a tenth of a metre. */
  points: z.array(z.tuple([z.number(), z.number()])).readonly(),
  fromMs: z.number(),
  untilMs: z.number(),
});
type Route = z.infer<typeof route>;
const excursion = z.strictObject({
  routeId: z.string(),
  sinceMs: z.number(),
  fixes: z.number(),
  farthestM: z.number(),
  /** The farthest position among them, and a few on the way. */
  farthest: storedPoint,
  track: z.array(storedPoint),
  isTold: z.boolean(),
});
const state = z.strictObject({ routes: z.array(route), off: excursion.nullable(), newestMs: z.number().nullable() });
type State = z.infer<typeof state>;

/** Today's and tomorrow's. */
const MAX_ROUTES = 2;
const MAX_POINTS = 100;
const MAX_TRACK = 12;
/** One position off the route may be an error, two a bad minute. */
const LEAST_FIXES = 3;

const rounded = (degrees: number): number => Math.round(degrees * 1e6) / 1e6;
const lineOf = ({ points }: Route): readonly Position[] =>
  points.map(([longitude, latitude]) => ({ longitude, latitude }));

const plan = ({ routeId, points, fromMs, untilMs }: PlannedRoute): Route => ({
  routeId,
  points: lineOfAtMost(points, MAX_POINTS).map(
    ({ longitude, latitude }) => [rounded(longitude), rounded(latitude)] satisfies [number, number],
  ),
  fromMs,
  untilMs,
});

function findingOf(off: z.infer<typeof excursion>, planned: Route, fix: Fix, parameters: OffRouteParameters): Finding {
  const minutes = (fix.timeMs - off.sinceMs) / 60_000;
  const [metres, limit] = [spoken(off.farthestM, 0), spoken(parameters.corridorM, 0)];
  return {
    kind: 'off-route',
    timeMs: fix.timeMs,
    concerns: [brokerKey(fix), `route:${off.routeId}`],
    reason: text(
      `At least ${metres} m off the planned route for ${spoken(minutes)} min; ${limit} m is the limit`,
      `偏离计划路线至少 ${metres} 米，持续 ${spoken(minutes)} 分钟；上限为 ${limit} 米`,
    ),
    numbers: { offM: off.farthestM, corridorM: parameters.corridorM, minutes, fixes: off.fixes },
    labels: {},
    strength: off.farthestM / parameters.corridorM,
    shapes: [
      lineShape(lineOf(planned), 'planned-route'),
      lineShape(off.track, 'track'),
      pointShape(off.farthest, 'to'),
    ],
  };
}

/** Somewhere else than planned, for some minutes. Told once for each time that the route is left. */
export const offRoute: Check<State, typeof fields> = {
  kind: 'off-route',
  title: text('Off the planned route', '偏离计划路线'),
  description: text('A broker is away from the planned route for some time.', '经纪人持续偏离计划路线。'),
  fields,
  parameters: parametersSchema(fields),
  observes: ['fix', 'route'],
  keyOf: (observation) =>
    observation.kind === 'fix' || observation.kind === 'route' ? brokerKey(observation) : undefined,
  initial: { routes: [], off: null, newestMs: null },
  codec: stateCodec('off-route', 1, state),
  observe(before, observation, parameters) {
    if (observation.kind === 'route') {
      const others = before.routes.filter(({ routeId }) => routeId !== observation.routeId);
      const added = observation.points.length === 0 ? [] : [plan(observation)];
      return nothing({ ...before, routes: [...others, ...added].slice(-MAX_ROUTES) });
    }
    if (observation.kind !== 'fix') return nothing(before);
    const { timeMs, accuracyM } = observation;
    // A late fix says nothing about how long the route has been left.
    if (before.newestMs !== null && timeMs <= before.newestMs) return nothing(before);
    const planned = before.routes.findLast(({ fromMs, untilMs }) => fromMs <= timeMs && timeMs <= untilMs);
    const onRoute: State = { ...before, off: null, newestMs: timeMs };
    if (planned === undefined) return nothing(onRoute);
    const { longitude, latitude } = observation.position;
    const position = { longitude, latitude };
    const certainM = distanceToLineM(position, lineOf(planned)) - errorRadiusM(accuracyM, parameters);
    if (certainM <= parameters.corridorM) return nothing(onRoute);
    const known = before.off?.routeId === planned.routeId ? before.off : undefined;
    const isFarthest = known === undefined || certainM > known.farthestM;
    const off = {
      routeId: planned.routeId,
      sinceMs: known?.sinceMs ?? timeMs,
      fixes: (known?.fixes ?? 0) + 1,
      farthestM: isFarthest ? certainM : known.farthestM,
      farthest: isFarthest ? position : known.farthest,
      track: [...(known?.track ?? []), position].slice(-MAX_TRACK),
      isTold: known?.isTold ?? false,
    };
    const isDue = !off.isTold && off.fixes >= LEAST_FIXES && timeMs - off.sinceMs >= parameters.forMinutes * 60_000;
    const state: State = { ...onRoute, off: { ...off, isTold: off.isTold || isDue } };
    return { state, findings: isDue ? [findingOf(off, planned, observation, parameters)] : [] };
  },
};

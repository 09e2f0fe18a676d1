import { z } from 'zod';
import { type Check, nothing } from './check.ts';
import { type Finding, lineShape, pointShape, spoken } from './finding.ts';
import type { Observation } from './observation.ts';
import { numberField, type ParametersOf, parametersSchema, text } from './parameters.ts';
import { stateCodec } from './state-codec.ts';

const fields = {
  withinMinutes: numberField(
    text('Two brokers on one device within', '同一设备由两名经纪人使用的间隔小于'),
    'minutes',
    {
      default: 30,
      min: 1,
      max: 10_080,
    },
  ),
  repeatAfterHours: numberField(text('The same two not again within', '同样两人在此时间内不重复报告'), 'hours', {
    default: 12,
    min: 0,
    max: 720,
  }),
} as const;

type SharedDeviceParameters = ParametersOf<typeof fields>;

const use = z.strictObject({
  brokerId: z.string(),
  timeMs: z.number(),
  longitude: z.number().nullable(),
  latitude: z.number().nullable(),
});
type Use = z.infer<typeof use>;
const state = z.strictObject({
  /** The last use by each broker, the broker seen longest ago first. */
  uses: z.array(use),
  /** Pairs that were told of, oldest first. */
  told: z.array(z.strictObject({ pair: z.string(), untilMs: z.number() })),
});
type State = z.infer<typeof state>;

const MAX_BROKERS = 8;
const MAX_PAIRS = 16;

const pairOf = (one: string, other: string): string => JSON.stringify([one, other].toSorted());

/** Who used which device where. */
type DeviceUse = Extract<Observation, { readonly deviceId?: string | undefined }>;
const isUse = (observation: Observation): observation is DeviceUse & { readonly deviceId: string } =>
  (observation.kind === 'fix' || observation.kind === 'check-in') && observation.deviceId !== undefined;

const positionOf = ({ longitude, latitude }: Use): { longitude: number; latitude: number } | undefined =>
  longitude === null || latitude === null ? undefined : { longitude, latitude };

function findingOf(before: Use, now: Use, deviceId: string, parameters: SharedDeviceParameters): Finding {
  const minutesApart = Math.abs(now.timeMs - before.timeMs) / 60_000;
  const [from, to] = [positionOf(before), positionOf(now)];
  const apart = spoken(minutesApart);
  const limit = spoken(parameters.withinMinutes);
  return {
    kind: 'shared-device',
    timeMs: Math.max(before.timeMs, now.timeMs),
    concerns: [`device:${deviceId}`, `broker:${before.brokerId}`, `broker:${now.brokerId}`],
    reason: text(
      `Brokers ${before.brokerId} and ${now.brokerId} used device ${deviceId} ${apart} min apart; below ${limit} min counts as shared`,
      `经纪人 ${before.brokerId} 与 ${now.brokerId} 使用同一设备 ${deviceId}，间隔 ${apart} 分钟；小于 ${limit} 分钟视为共用`,
    ),
    numbers: { minutesApart, withinMinutes: parameters.withinMinutes },
    labels: {},
    // Whole seconds hide what is nearer.
    strength: parameters.withinMinutes / Math.max(minutesApart, 1 / 60),
    shapes: [
      ...(from === undefined ? [] : [pointShape(from, 'from')]),
      ...(to === undefined ? [] : [pointShape(to, 'to')]),
      ...(from === undefined || to === undefined ? [] : [lineShape([from, to], 'jump')]),
    ],
  };
}

/** One device, two brokers: one of them checks in for the other. Each pair is told of once in a while, at its nearest so far. */
export const sharedDevice: Check<State, typeof fields> = {
  kind: 'shared-device',
  title: text('One device for two brokers', '一机多人'),
  description: text(
    'Two brokers are signed in on one device within a short time.',
    '短时间内两名经纪人在同一台设备上定位或签到。',
  ),
  fields,
  parameters: parametersSchema(fields),
  observes: ['fix', 'check-in'],
  keyOf: (observation) => (isUse(observation) ? `device:${observation.deviceId}` : undefined),
  initial: { uses: [], told: [] },
  codec: stateCodec('shared-device', 1, state),
  observe(before, observation, parameters) {
    if (!isUse(observation)) return nothing(before);
    const { brokerId, timeMs, position } = observation;
    const now: Use = {
      brokerId,
      timeMs,
      longitude: position?.longitude ?? null,
      latitude: position?.latitude ?? null,
    };
    const own = before.uses.find((other) => other.brokerId === brokerId);
    const others = before.uses.filter((other) => other !== own);
    const findings: Finding[] = [];
    let told = before.told;
    for (const other of others) {
      if (Math.abs(timeMs - other.timeMs) >= parameters.withinMinutes * 60_000) continue;
      const pair = pairOf(brokerId, other.brokerId);
      const known = told.find((one) => one.pair === pair);
      if (known !== undefined && timeMs < known.untilMs) continue;
      findings.push(findingOf(other, now, observation.deviceId, parameters));
      const untilMs = timeMs + parameters.repeatAfterHours * 3_600_000;
      told = [...told.filter((one) => one !== known), { pair, untilMs }].slice(-MAX_PAIRS);
    }
    // A late one does not take the place of what is newer.
    const newest = own !== undefined && own.timeMs > timeMs ? own : now;
    return { state: { uses: [...others, newest].slice(-MAX_BROKERS), told }, findings };
  },
};

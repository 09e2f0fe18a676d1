import { z } from 'zod';
import { brokerKey, type Check, nothing } from './check.ts';
import { type Finding, lineShape, pointShape, spoken } from './finding.ts';
import {
  type MockSignal,
  NO_SIGNALS,
  seeSpot,
  type SeenSignal,
  signalFields,
  signalsOf,
  signalState,
  statedBy,
} from './mock-signals.ts';
import { accuracyFields } from './fix-error.ts';
import type { Fix } from './observation.ts';
import { numberField, parametersSchema, text } from './parameters.ts';
import { stateCodec } from './state-codec.ts';

const fields = {
  ...signalFields,
  ...accuracyFields,
  repeatAfterHours: numberField(text('The same sign not again within', '同一迹象在此时间内不重复报告'), 'hours', {
    default: 12,
    min: 0,
    max: 720,
  }),
} as const;

const state = z.strictObject({
  signals: signalState,
  /** Until when each sign is not told of again. */
  quiet: z.record(z.string(), z.number()),
});
type State = z.infer<typeof state>;

const HOUR_MS = 3_600_000;
/** A third position in one second, or one that comes late, says nothing about how a device moves. */
const isLate = ({ signals }: State, { timeMs }: Fix): boolean => timeMs <= (signals.last.at(-1)?.timeMs ?? -Infinity);

const REASONS: Readonly<Record<MockSignal, (numbers: Readonly<Record<string, number>>) => Finding['reason']>> = {
  'stated-by-phone': () =>
    text('The phone itself says that an application feeds its position', '手机标明该定位由模拟应用提供'),
  identical: ({ fixes = 0, minutes = 0 }) =>
    text(
      `${String(fixes)} positions in ${spoken(minutes, 0)} min are the same to the last digit`,
      `${spoken(minutes, 0)} 分钟内 ${String(fixes)} 个定位点完全相同`,
    ),
  'perfect-line': ({ fixes = 0, lengthM = 0 }) =>
    text(
      `${String(fixes)} positions over ${spoken(lengthM, 0)} m lie on a perfect line, at a perfectly even speed`,
      `${String(fixes)} 个定位点在 ${spoken(lengthM, 0)} 米内呈完美直线且匀速`,
    ),
  'jumps-back': ({ jumps = 0 }) =>
    text(
      `${String(jumps)} jumps back to the very coordinates of an earlier position`,
      `${String(jumps)} 次跳回先前完全相同的坐标`,
    ),
};

const findingOf = ({ signal, strength, numbers, from }: SeenSignal, fix: Fix): Finding => ({
  kind: 'mocked-position',
  timeMs: fix.timeMs,
  concerns: [`broker:${fix.brokerId}`, ...(fix.deviceId === undefined ? [] : [`device:${fix.deviceId}`])],
  reason: REASONS[signal](numbers),
  numbers,
  labels: { signal },
  strength,
  shapes: [
    pointShape(fix.position, 'to'),
    ...(from === undefined ? [] : [pointShape(from, 'from'), lineShape([from, fix.position], 'track')]),
  ],
});

/**
 * A position that no receiver measured: the phone says so, or positions are too perfect. Receivers err by metres all the time; what repeats itself to the
 * last digit, or runs along a ruler, was made.
 */
export const mockedPosition: Check<State, typeof fields> = {
  kind: 'mocked-position',
  title: text('Mocked position', '虚拟定位'),
  description: text(
    'Positions are stated to be mocked, repeat themselves exactly, run along a perfect line, or jump back to earlier ones.',
    '定位被标明为模拟、完全重复、呈完美直线，或跳回先前坐标。',
  ),
  fields,
  parameters: parametersSchema(fields),
  observes: ['fix'],
  keyOf: (observation) =>
    observation.kind === 'fix'
      ? observation.deviceId === undefined
        ? brokerKey(observation)
        : `device:${observation.deviceId}`
      : undefined,
  initial: { signals: NO_SIGNALS, quiet: {} },
  codec: stateCodec('mocked-position', 2, state),
  observe(before, fix, parameters) {
    if (fix.kind !== 'fix') return nothing(before);
    const late = isLate(before, fix);
    const signals = late ? before.signals : seeSpot(before.signals, fix, parameters);
    const shown = late ? statedBy(fix) : signalsOf(signals, fix, parameters);
    const seen = shown.filter(({ signal }) => fix.timeMs >= (before.quiet[signal] ?? -Infinity));
    if (seen.length === 0) return nothing({ ...before, signals });
    const untilMs = fix.timeMs + parameters.repeatAfterHours * HOUR_MS;
    const quiet = { ...before.quiet, ...Object.fromEntries(seen.map(({ signal }) => [signal, untilMs])) };
    return { state: { signals, quiet }, findings: seen.map((one) => findingOf(one, fix)) };
  },
};

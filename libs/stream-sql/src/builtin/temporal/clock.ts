import { DAY_MS } from '../../values/calendar.ts';
import type { DataType, Integer } from '../../values/data-type.ts';
import { char, DATE, DOUBLE, INT, isTimestamp, time, timestamp, timestampLtz } from '../../values/types.ts';
import { own, resolveBy, withNulls } from '../define.ts';
import type { EvaluationContext, ScalarFunction } from '../signature.ts';

const ofDay = (ms: number): number => ((ms % DAY_MS) + DAY_MS) % DAY_MS;

/** A function without arguments of the clock that the context gives. */
const now = (
  name: string,
  syntax: string,
  type: DataType,
  of: (context: EvaluationContext) => Integer,
): ScalarFunction => ({
  name,
  syntax,
  family: 'temporal',
  nulls: 'strict',
  volatile: true,
  resolve: resolveBy({ required: [], result: type, nullable: 'never' }),
  evaluate: (_args, _result, context) => own(() => of(context)),
});

const local = ({ now: clock, zone }: EvaluationContext): number => zone.toLocal(clock());

/** java.util.Random: 48 bits. */
function javaRandom(seed: bigint): { next(bits: number): number } {
  let state = (seed ^ 0x5deece66dn) & 0xffff_ffff_ffffn;
  return {
    next(bits) {
      state = (state * 0x5deece66dn + 0xbn) & 0xffff_ffff_ffffn;
      return Number(BigInt.asIntN(32, state >> BigInt(48 - bits)));
    },
  };
}

const rand: ScalarFunction = {
  name: 'RAND',
  syntax: 'RAND() or RAND(seed)',
  family: 'arithmetic',
  nulls: 'strict',
  volatile: true,
  resolve: resolveBy({ required: [], optional: ['int'], result: DOUBLE }),
  evaluate: (args, _result, context) => {
    if (args.length === 0) return own(() => context.random());
    let generator: ReturnType<typeof javaRandom> | undefined;
    return own((seed: number) => {
      generator ??= javaRandom(BigInt(seed));
      // As java.util.Random.nextDouble: 26 bits, then 27.
      const high = BigInt(generator.next(26) >>> 0) & 0x3ff_ffffn;
      const low = BigInt(generator.next(27) >>> 0) & 0x7ff_ffffn;
      return Number((high << 27n) + low) / 2 ** 53;
    });
  },
};

function nextInt(generator: ReturnType<typeof javaRandom>, bound: number): number {
  if ((bound & -bound) === bound) return Number((BigInt(bound) * BigInt(generator.next(31))) >> 31n);
  for (;;) {
    const bits = generator.next(31);
    const value = bits % bound;
    if (bits - value + (bound - 1) <= 2_147_483_647) return value;
  }
}

const randInteger: ScalarFunction = {
  name: 'RAND_INTEGER',
  syntax: 'RAND_INTEGER(bound) or RAND_INTEGER(seed, bound)',
  family: 'arithmetic',
  nulls: 'strict',
  volatile: true,
  resolve: resolveBy({ required: ['int'], optional: ['int'], result: INT }),
  evaluate: (args, _result, context) => {
    if (args.length === 1) return own((bound: number) => Math.floor(context.random() * bound));
    let generator: ReturnType<typeof javaRandom> | undefined;
    return own((seed: number, bound: number) => {
      generator ??= javaRandom(BigInt(seed));
      return nextInt(generator, bound);
    });
  },
};

const uuid: ScalarFunction = {
  name: 'UUID',
  syntax: 'UUID()',
  family: 'arithmetic',
  nulls: 'strict',
  volatile: true,
  resolve: resolveBy({ required: [], result: char(36), nullable: 'never' }),
  evaluate: (_args, _result, { random }) => {
    const digit = (): string => Math.floor(random() * 16).toString(16);
    return own(() =>
      'xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx'.replaceAll(/[xy]/g, (mark) =>
        mark === 'x' ? digit() : (8 + Math.floor(random() * 4)).toString(16),
      ),
    );
  },
};

/** The planner lets it stand only where expressions follow a source. */
const currentWatermark: ScalarFunction = {
  name: 'CURRENT_WATERMARK',
  syntax: 'CURRENT_WATERMARK(rowtime)',
  family: 'temporal',
  nulls: 'own',
  volatile: true,
  resolve: ([time, another]) => {
    if (time === undefined || another !== undefined || !isTimestamp(time.type)) return undefined;
    return { result: { kind: time.type.kind, precision: 3, nullable: true }, parameters: [time.type] };
  },
  evaluate: (_args, _result, { watermarkMs }) =>
    withNulls(() => {
      const ms = watermarkMs?.() ?? Number.NEGATIVE_INFINITY;
      return Number.isFinite(ms) ? ms : null;
    }),
};

export const CLOCK: readonly ScalarFunction[] = [
  now('CURRENT_TIMESTAMP', 'CURRENT_TIMESTAMP', timestampLtz(3), ({ now: clock }) => clock()),
  now('NOW', 'NOW()', timestampLtz(3), ({ now: clock }) => clock()),
  now('CURRENT_ROW_TIMESTAMP', 'CURRENT_ROW_TIMESTAMP()', timestampLtz(3), ({ now: clock }) => clock()),
  now('PROCTIME', 'PROCTIME()', timestampLtz(3), ({ now: clock }) => clock()),
  now('LOCALTIMESTAMP', 'LOCALTIMESTAMP', timestamp(3), local),
  now('CURRENT_DATE', 'CURRENT_DATE', DATE, (context) => Math.floor(local(context) / DAY_MS)),
  now('LOCALTIME', 'LOCALTIME', time(0), (context) => Math.floor(ofDay(local(context)) / 1000) * 1000),
  now('CURRENT_TIME', 'CURRENT_TIME', time(0), (context) => Math.floor(ofDay(local(context)) / 1000) * 1000),
  currentWatermark,
  rand,
  randInteger,
  uuid,
];

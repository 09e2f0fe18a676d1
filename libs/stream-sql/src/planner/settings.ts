import { SqlRefusal } from '../syntax/problem.ts';
import type { OptionNode } from '../syntax/tree.ts';
import type { Span } from '../syntax/tree-node.ts';
import { zoneOf } from '../values/zone.ts';
import { closestName } from './closest-name.ts';
import { durationMs } from './duration.ts';
import type { PlanSettings } from './plan.ts';

/** What the SET statements of a session add up to: their texts, by Flink's keys. */
export type SettingTexts = ReadonlyMap<string, string>;

/** Settings of the plan, and those that go into its nodes. */
export interface ReadSettings {
  readonly plan: PlanSettings;
  readonly lookup: { readonly ordered: boolean; readonly capacity: number; readonly timeoutMs: number };
  /** `table.exec.source.cdc-events-duplicate` */
  readonly repeatedChanges: boolean;
}

/** Flink writes fixed zones as GMT+08:00, others as +08:00. */
const zoneName = (text: string): string => text.replace(/^(?:GMT|UTC)([+-]\d{2}:\d{2})$/, '$1');

interface Setting {
  readonly fallback: string;
  readonly about: string;
  /** What is wrong with a value. */
  check(value: string): string | undefined;
}

const duration: Setting['check'] = (value) =>
  durationMs(value) === undefined ? "a duration, for example '5 s'" : undefined;
const whole: Setting['check'] = (value) =>
  /^[1-9]\d{0,8}$/.test(value) ? undefined : "a whole number, for example '1000'";
const oneOf =
  (...values: readonly string[]): Setting['check'] =>
  (value) =>
    values.some((each) => each.toLowerCase() === value.toLowerCase())
      ? undefined
      : values.map((each) => `'${each}'`).join(' or ');
const only =
  (value: string, why: string): Setting['check'] =>
  (given) =>
    given.toLowerCase() === value.toLowerCase() ? undefined : `'${value}': ${why}`;

/** How Flink spreads an aggregate over machines: taken so that a text runs on both, and nothing to do for one process. */
const OPTIMIZER = { fallback: '', about: 'How Flink spreads an aggregate; the result is the same.' };

const ABBREVIATIONS = new Set(
  'ACT AET AGT ART AST BET BST CAT CNT CST CTT EAT ECT EST HST IET IST JST MIT MST NET NST PLT PNT PRT PST SST VST'.split(
    ' ',
  ),
);

/** Every setting that SET takes (decision 0219). Those that say what is so anyway are taken with that value only. */
export const SETTINGS: Readonly<Record<string, Setting>> = {
  'table.local-time-zone': {
    fallback: 'UTC',
    about: 'Time zone of wall clocks: casts between TIMESTAMP and TIMESTAMP_LTZ, CURRENT_DATE, ...',
    check: (value) => {
      // Java has no abbreviations of zones in America, Asia and Australia.
      if (ABBREVIATIONS.has(value)) return "a time zone by its IANA name, for example 'America/Los_Angeles'";
      try {
        zoneOf(zoneName(value));
        return undefined;
      } catch {
        return "a time zone by its IANA name, for example 'Asia/Shanghai'";
      }
    },
  },
  'table.exec.source.idle-timeout': {
    fallback: '0 ms',
    about: 'After how long without a record a partition no longer holds the watermark back; 0: never.',
    check: duration,
  },
  'table.exec.source.cdc-events-duplicate': {
    fallback: 'false',
    about: 'Changes of a source may come again: they are applied once, by the primary key.',
    check: oneOf('true', 'false'),
  },
  'table.exec.state.ttl': {
    fallback: '0 ms',
    about: 'How long state that is not used is kept; 0: for ever.',
    check: duration,
  },
  'table.exec.mini-batch.enabled': {
    fallback: 'false',
    about: 'Aggregates emit once for several rows.',
    check: oneOf('true', 'false'),
  },
  'table.exec.mini-batch.allow-latency': {
    fallback: '0 ms',
    about: 'How long rows may wait for a mini-batch.',
    check: duration,
  },
  'table.exec.mini-batch.size': { fallback: '-1', about: 'How many rows a mini-batch has at most.', check: whole },
  'table.exec.sink.not-null-enforcer': {
    fallback: 'ERROR',
    about: 'NULL for a NOT NULL column of a sink: the record is set aside, or dropped.',
    check: oneOf('ERROR', 'DROP'),
  },
  'table.exec.sink.type-length-enforcer': {
    fallback: 'IGNORE',
    about: 'Texts longer than their column of a sink: written as they are, cut, or an error.',
    check: oneOf('IGNORE', 'TRIM_PAD', 'ERROR'),
  },
  'table.exec.async-lookup.output-mode': {
    fallback: 'ORDERED',
    about: 'Whether rows leave a lookup join in the order in which they came.',
    check: oneOf('ORDERED', 'ALLOW_UNORDERED'),
  },
  'table.exec.async-lookup.buffer-capacity': {
    fallback: '100',
    about: 'How many rows wait for answers of a lookup at once.',
    check: whole,
  },
  'table.exec.async-lookup.timeout': {
    fallback: '3 min',
    about: 'How long a lookup may take in all.',
    check: duration,
  },
  'hermes.late-rows': {
    fallback: 'drop',
    about: 'Rows that come too late for their window are counted; `keep`: each is a dead letter too, as JSON.',
    check: oneOf('drop', 'keep'),
  },
  'table.optimizer.distinct-agg.split.enabled': { ...OPTIMIZER, check: oneOf('true', 'false') },
  'table.optimizer.distinct-agg.split.bucket-num': { ...OPTIMIZER, check: whole },
  'table.optimizer.agg-phase-strategy': { ...OPTIMIZER, check: oneOf('AUTO', 'ONE_PHASE', 'TWO_PHASE') },
  'pipeline.name': { fallback: '', about: 'A name for people.', check: () => undefined },
  'execution.runtime-mode': {
    fallback: 'streaming',
    about: 'How the job runs.',
    check: only('streaming', 'a bounded input ends its run all the same'),
  },
  'execution.checkpointing.interval': {
    fallback: '',
    about:
      "How often a checkpoint is made, from '100 ms' to '10 min'; the job's own setting (1 s) where it is left out.",
    check: (value) => {
      const ms = durationMs(value);
      return ms !== undefined && ms >= 100 && ms <= 600_000 ? undefined : "a duration from '100 ms' to '10 min'";
    },
  },
  'execution.checkpointing.mode': {
    fallback: 'EXACTLY_ONCE',
    about:
      "What state may count twice after a failure. State is exact here in both modes; how rows leave is each table's 'sink.delivery-guarantee', as in Flink.",
    check: oneOf('EXACTLY_ONCE', 'AT_LEAST_ONCE'),
  },
  'parallelism.default': { fallback: '1', about: 'Parallel instances.', check: only('1', 'a run is one process') },
  'table.dml-sync': {
    fallback: 'false',
    about: 'Whether INSERT waits for the end.',
    check: only('false', 'a run goes on by itself'),
  },
  'table.sql-dialect': {
    fallback: 'default',
    about: 'The language.',
    check: only('default', 'the language is Flink SQL'),
  },
};

/** Puts a SET into the texts. Throws SqlRefusal for a key or a value that has no meaning here. */
export function withSetting(texts: SettingTexts, option: OptionNode): SettingTexts {
  const setting = known(option.key, option.keyAt);
  const wanted = setting.check(option.value);
  if (wanted !== undefined)
    throw new SqlRefusal(option.valueAt, `'${option.key}' = '${option.value}' is not supported`, `write ${wanted}`);
  return new Map([...texts, [option.key, option.value]]);
}

/** RESET of one setting, or of all. Throws SqlRefusal. */
export function withoutSetting(texts: SettingTexts, key: string | undefined, at: Span): SettingTexts {
  if (key === undefined) return new Map();
  known(key, at);
  return new Map([...texts].filter(([each]) => each !== key));
}

function known(key: string, at: Span): Setting {
  const setting = Object.hasOwn(SETTINGS, key) ? SETTINGS[key] : undefined;
  if (setting !== undefined) return setting;
  const near = closestName(key, Object.keys(SETTINGS));
  const names = Object.keys(SETTINGS)
    .map((each) => `'${each}'`)
    .join(', ');
  throw new SqlRefusal(
    at,
    `the setting '${key}' is not supported`,
    near === undefined ? `supported: ${names}` : `did you mean '${near}'?`,
  );
}

/** Throws SqlRefusal at `at` when settings do not go together, as Flink's do. */
export function readSettings(texts: SettingTexts, at: Span): ReadSettings {
  const text = (key: string): string => texts.get(key) ?? SETTINGS[key]!.fallback;
  const ms = (key: string): number => durationMs(text(key))!;
  const miniBatch = text('table.exec.mini-batch.enabled').toLowerCase() === 'true';
  const latencyMs = ms('table.exec.mini-batch.allow-latency');
  const rows = Number(text('table.exec.mini-batch.size'));
  if (miniBatch && (latencyMs <= 0 || rows <= 0))
    throw new SqlRefusal(
      at,
      "'table.exec.mini-batch.enabled' = 'true' needs 'table.exec.mini-batch.allow-latency' and 'table.exec.mini-batch.size'",
      "add SET 'table.exec.mini-batch.allow-latency' = '1 s' and SET 'table.exec.mini-batch.size' = '1000'",
    );
  return {
    plan: {
      timeZone: zoneName(text('table.local-time-zone')),
      idleTimeoutMs: ms('table.exec.source.idle-timeout'),
      notNullEnforcer: text('table.exec.sink.not-null-enforcer').toUpperCase() as PlanSettings['notNullEnforcer'],
      typeLengthEnforcer: text(
        'table.exec.sink.type-length-enforcer',
      ).toUpperCase() as PlanSettings['typeLengthEnforcer'],
      stateTtlMs: ms('table.exec.state.ttl'),
      miniBatch: miniBatch ? { latencyMs, rows } : null,
      checkpointIntervalMs: durationMs(text('execution.checkpointing.interval')) ?? null,
      keepLateRows: text('hermes.late-rows').toLowerCase() === 'keep',
    },
    lookup: {
      ordered: text('table.exec.async-lookup.output-mode').toUpperCase() === 'ORDERED',
      capacity: Number(text('table.exec.async-lookup.buffer-capacity')),
      timeoutMs: ms('table.exec.async-lookup.timeout'),
    },
    repeatedChanges: text('table.exec.source.cdc-events-duplicate').toLowerCase() === 'true',
  };
}

import { refuse, SqlRefusal } from '../../syntax/problem.ts';
import type { Hint, OptionNode } from '../../syntax/tree.ts';
import { unknownName } from '../expression/field.ts';
import { durationMs } from '../duration.ts';
import type { LookupSettings } from '../plan.ts';
import type { QueryEnvironment } from './environment.ts';

const OPTIONS = [
  'table',
  'async',
  'output-mode',
  'capacity',
  'timeout',
  'retry-predicate',
  'retry-strategy',
  'fixed-delay',
  'max-attempts',
] as const;
type HintOption = (typeof OPTIONS)[number];

/** What a hint LOOKUP('table' = 'd', 'output-mode' = 'allow_unordered', ...) says of the lookup join with the table `d`. Throws SqlRefusal. */
export function lookupHint(
  hint: Hint,
  defaults: QueryEnvironment['lookup'],
): { readonly table: string; readonly settings: LookupSettings } {
  const options = new Map<HintOption, OptionNode>();
  for (const option of hint.options) {
    const key = OPTIONS.find((each) => each === option.key);
    if (key === undefined) throw unknownName({ name: option.key, at: option.keyAt }, 'option of LOOKUP', OPTIONS);
    options.set(key, option);
  }
  const table = options.get('table');
  if (table === undefined) throw new SqlRefusal(hint.at, "LOOKUP lacks 'table'", "write LOOKUP('table' = 'd', ...)");
  const sync = options.get('async');
  if (sync !== undefined && oneOf(sync, ['true', 'false']) === 'false')
    refuse(sync.at, "'async' = 'false'", "leave it out; 'capacity' = '1' asks for one row after the other");
  const mode = options.get('output-mode');
  return {
    table: table.value,
    settings: {
      ordered: mode === undefined ? defaults.ordered : oneOf(mode, ['ordered', 'allow_unordered']) === 'ordered',
      capacity: whole(options.get('capacity'), defaults.capacity),
      timeoutMs: duration(options.get('timeout')) ?? defaults.timeoutMs,
      retryMissed: retryOf(hint, options),
    },
  };
}

function retryOf(hint: Hint, options: ReadonlyMap<HintOption, OptionNode>): LookupSettings['retryMissed'] {
  const parts = (['retry-predicate', 'retry-strategy', 'fixed-delay', 'max-attempts'] as const).map((key) =>
    options.get(key),
  );
  if (parts.every((part) => part === undefined)) return null;
  const [predicate, strategy, delay, attempts] = parts;
  if (predicate === undefined || strategy === undefined || delay === undefined || attempts === undefined)
    throw new SqlRefusal(
      hint.at,
      "a retry needs 'retry-predicate', 'retry-strategy', 'fixed-delay' and 'max-attempts'",
      "'retry-predicate' = 'lookup_miss', 'retry-strategy' = 'fixed_delay', 'fixed-delay' = '1 s', 'max-attempts' = '3'",
    );
  oneOf(predicate, ['lookup_miss']);
  oneOf(strategy, ['fixed_delay']);
  return { attempts: whole(attempts, 1), delayMs: duration(delay)! };
}

function oneOf(option: OptionNode, values: readonly string[]): string {
  const found = values.find((value) => value === option.value.toLowerCase());
  if (found === undefined)
    throw new SqlRefusal(
      option.valueAt,
      `'${option.key}' = '${option.value}' is not supported`,
      `one of: ${values.map((value) => `'${value}'`).join(', ')}`,
    );
  return found;
}

function whole(option: OptionNode | undefined, fallback: number): number {
  if (option === undefined) return fallback;
  if (!/^[1-9]\d{0,6}$/.test(option.value))
    throw new SqlRefusal(option.valueAt, `'${option.value}' is not a whole number from 1 on`, `for example '100'`);
  return Number(option.value);
}

function duration(option: OptionNode | undefined): number | undefined {
  if (option === undefined) return undefined;
  const ms = durationMs(option.value);
  if (ms === undefined)
    throw new SqlRefusal(option.valueAt, `'${option.value}' is not a duration`, "for example '10 s'");
  return ms;
}

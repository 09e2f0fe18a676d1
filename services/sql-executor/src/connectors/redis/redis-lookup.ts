import { JsonCursor, JsonError } from '@hermes/stream-sql/json/json-cursor';
import { FieldError, jsonObjectReader } from '@hermes/stream-sql/json/read-json-value';
import { durationMs } from '@hermes/stream-sql/planner/duration';
import type { LookupJoinNode } from '@hermes/stream-sql/planner/plan';
import type { Row, Value } from '@hermes/stream-sql/values/data-type';
import type { LookedUp, LookupTable } from '../connector.ts';
import { jsonReadOptions } from '@hermes/stream-sql/json/json-options';
import { type Command, RedisAway, redisCommands, WRONG_TYPE } from './redis-commands.ts';
import { redisKey } from './redis-key.ts';
import { redisValue } from './redis-values.ts';

/** Rows by their primary key, as `redisSink` writes them; all keys of a request at once. A field that is missing is NULL. */
export function redisLookup(node: LookupJoinNode, url: URL): LookupTable {
  const { table, keys, unread } = node;
  const commands = redisCommands(
    url,
    'hermes-sql-lookup',
    durationMs(table.options['lookup.timeout'] ?? '5 s') ?? 5_000,
  );
  const keyColumns = keys.map(({ column }) => table.columns[column]!);
  const keyOf = redisKey(table, keyColumns);
  const keyPlaces = keys.map(({ column }) => column);
  const rest = table.columns.flatMap((_, at) => (keyPlaces.includes(at) ? [] : [at]));
  const wanted = rest.filter((at) => !unread.includes(at));
  const isHash = table.options['data-structure'] !== 'string';
  const ask = (key: string): Command => {
    if (!isHash) return ['GET', key];
    // The key's own columns are fields too: they say whether there is a row when nothing else is asked for.
    const fields = [...wanted, keyPlaces[0]!].map((at) => table.columns[at]!.name);
    return ['HMGET', key, ...fields];
  };
  const read = isHash ? hashReader() : stringReader();

  function hashReader(): (answer: unknown) => ReadonlyMap<number, Value> | undefined {
    const values = wanted.map((at) => redisValue(table.columns[at]!));
    return (answer) => {
      const texts = answer as (string | null)[];
      if (texts.every((text) => text === null)) return undefined;
      return new Map(wanted.map((at, i) => [at, texts[i] === null ? null : values[i]!(texts[i]!)]));
    };
  }

  function stringReader(): (answer: unknown) => ReadonlyMap<number, Value> | undefined {
    const [only] = rest;
    if (rest.length === 1 && only !== undefined) {
      const value = redisValue(table.columns[only]!);
      return (answer) => (answer === null ? undefined : new Map([[only, value(answer as string)]]));
    }
    const object = jsonObjectReader(
      rest.map((at) => table.columns[at]!),
      jsonReadOptions({ 'json.timestamp-format.standard': 'ISO-8601' }),
      (i) => (unread.includes(rest[i]!) ? undefined : true),
    );
    return (answer) => {
      if (answer === null) return undefined;
      const values = object(new JsonCursor(answer as string));
      return new Map(rest.map((at, i) => [at, values[i]!]));
    };
  }

  const mismatch = (key: Row, why: string): LookedUp => ({
    code: 'lookup-mismatch',
    reason: `the key ${keyOf(key)} of redis does not fit the table ${table.name}: ${why}`,
  });
  const rowOf = (key: Row, answer: unknown): LookedUp => {
    if (answer === WRONG_TYPE) return mismatch(key, `it is no ${isHash ? 'hash' : 'string'}`);
    try {
      const found = read(answer);
      if (found === undefined) return [];
      return [
        table.columns.map((_, at) => (keyPlaces.includes(at) ? key[keyPlaces.indexOf(at)]! : (found.get(at) ?? null))),
      ];
    } catch (error) {
      if (error instanceof FieldError || error instanceof JsonError) return mismatch(key, error.message);
      throw error;
    }
  };

  return {
    async lookUp(wantedKeys) {
      const answers = await commands.ask(wantedKeys.map((key) => ask(keyOf(key))));
      return wantedKeys.map((key, i) => rowOf(key, answers[i]));
    },
    isPassing: (error) => error instanceof RedisAway,
    close: () => commands.close(),
  };
}

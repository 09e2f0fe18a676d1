import { Subject } from '@hermes/contracts/identifiers';
import { ProfileClient } from '@hermes/profile-client/profile-client';
import { serviceToken } from '@hermes/service-kit/service-token';
import { JsonCursor, JsonError } from '@hermes/stream-sql/json/json-cursor';
import { FieldError, jsonObjectReader } from '@hermes/stream-sql/json/read-json-value';
import { durationMs } from '@hermes/stream-sql/planner/duration';
import type { LookupJoinNode } from '@hermes/stream-sql/planner/plan';
import type { Row } from '@hermes/stream-sql/values/data-type';
import type { ProfileStoreAccess } from '../../runs/messages.ts';
import { FinalFailure } from '../../worker/final-failure.ts';
import type { LookedUp, LookupTable } from '../connector.ts';
import { cachedTable } from '../lookup/cached-table.ts';
import { cacheSettings, LookupCache } from '../lookup/lookup-cache.ts';

const CONNECTIONS = 4;
const SUBJECT = 'subject';
/** Nobody's: it is asked for to hear whether the features exist. */
const NOBODY = 'hermes:nobody';
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const NOTHING: readonly Row[] = [];

/** Profile-store is away, slow or refuses for now: asking again may be answered. */
class NotNow extends Error {
  override readonly name = 'NotNow';
}

/** Profiles by subject. `check` asks whether profile-store knows the features at all. */
export function profileLookup(
  project: string,
  { table, unread }: LookupJoinNode,
  access: ProfileStoreAccess,
): LookupTable & { check(): Promise<void> } {
  const client = new ProfileClient({
    url: access.url,
    project,
    key: () => serviceToken(access.secret, 'sql-executor'),
    timeoutMs: durationMs(table.options['lookup.timeout'] ?? '5 s') ?? 5_000,
    // Repeats are made by the run, for as long as it takes and with a word to people.
    retries: 0,
    connections: CONNECTIONS,
  });
  const asked = table.columns.map((column, i) =>
    column.name === SUBJECT || unread.includes(i) ? undefined : { name: column.name, type: column.type },
  );
  const features = asked.flatMap((column) => column?.name ?? []);
  const subjectAt = table.columns.findIndex(({ name }) => name === SUBJECT);
  const rowOf = profileRowReader(asked, subjectAt);

  const ask = async (subjects: readonly string[], signal?: AbortSignal): Promise<Map<string, LookedUp>> => {
    const result = await client.readMany(subjects, features, signal === undefined ? {} : { signal });
    switch (result.kind) {
      case 'ok':
        return new Map(
          result.profiles.map(({ subject, known, features: found }): [string, LookedUp] => [
            subject,
            known ? rowOf(found, subject) : NOTHING,
          ]),
        );
      case 'unknown-feature':
        throw new FinalFailure(result.kind, result.detail);
      case 'refused':
        // A project that is new here may not have come to profile-store yet.
        if (result.status === 404) throw new NotNow(result.detail);
        throw new FinalFailure('lookup-refused', `profile-store refuses the lookup (${result.code}): ${result.detail}`);
      case 'forbidden':
      case 'quota':
      case 'unavailable':
      case 'aborted':
        throw new NotNow(`profile-store has not answered: ${result.detail}`);
    }
  };
  const isPassing = (error: unknown): boolean => error instanceof NotNow;

  const profiles: LookupTable = {
    async lookUp(keys, signal) {
      const subjects = keys.map(([subject]) => (Subject.safeParse(subject).success ? (subject as string) : undefined));
      const wanted = [...new Set(subjects.filter((subject) => subject !== undefined))];
      const found = wanted.length === 0 ? undefined : await ask(wanted, signal);
      return subjects.map((subject) => (subject === undefined ? NOTHING : (found?.get(subject) ?? NOTHING)));
    },
    isPassing,
    close: async () => undefined,
  };
  return {
    ...cachedTable(profiles, new LookupCache(cacheSettings(table.options))),
    async check() {
      await ask([NOBODY]).catch((error: unknown) => {
        if (!isPassing(error)) throw error;
      });
    },
  };
}

/** The part of a feature's answer that a row is made of. */
interface LookedUpValue {
  readonly value?: unknown;
  /** The same number with every digit. */
  readonly exact?: string | undefined;
}

/**
 * Makes rows of a table's columns out of a profile's features, by the conversions of the json format: a feature that is missing is
 * NULL, a list or an object is its JSON in a STRING, an exact decimal keeps its digits. A value that does not fit its column makes no row.
 */
function profileRowReader(
  asked: Parameters<typeof jsonObjectReader>[0],
  subjectAt: number,
): (features: Readonly<Record<string, LookedUpValue | undefined>>, subject: string) => LookedUp {
  const read = jsonObjectReader(
    asked,
    { ignoreParseErrors: false, failOnMissingField: false, timestampFormat: 'ISO-8601' },
    () => true,
  );
  return (features, subject) => {
    const members = asked.flatMap((column) => {
      const found = column !== undefined && Object.hasOwn(features, column.name) ? features[column.name] : undefined;
      if (column === undefined || found === undefined) return [];
      const { value = null, exact } = found;
      const text = exact !== undefined && NUMBER.test(exact) ? exact : JSON.stringify(value);
      return [`${JSON.stringify(column.name)}:${text}`];
    });
    try {
      return [read(new JsonCursor(`{${members.join(',')}}`)).with(subjectAt, subject)];
    } catch (error) {
      if (error instanceof FieldError || error instanceof JsonError)
        return {
          code: 'lookup-mismatch',
          reason: `the profile of ${subject} does not fit the table: ${error.message}`,
        };
      throw error;
    }
  };
}

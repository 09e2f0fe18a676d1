import { suggest } from '@hermes/rules/suggestion';
import type { SqlProblem } from '@hermes/contracts/job';
import { serviceToken } from '@hermes/service-kit/service-token';
import type { StreamPlan, TableColumn, TablePlan } from '@hermes/stream-sql/planner/plan';
import type { DataType } from '@hermes/stream-sql/values/data-type';
import { typeName } from '@hermes/stream-sql/values/type-name';
import { isNumeric, isString, withNullable } from '@hermes/stream-sql/values/types';
import { z } from 'zod';
import type { ProfileStoreAccess } from '../runs/messages.ts';
import { lookedUpTables, writtenTables } from './plan-tables.ts';

const ASK_TIMEOUT_MS = 2_000;
const PROFILES = 'hermes-profile';
const SUBJECT = 'subject';

/** What a job must know of a feature; profile-store answers with more. */
const KnownFeature = z.object({
  id: z.string(),
  /** `draft`, `filling`, `live` */
  status: z.string(),
  /** The version that is answered. */
  published: z
    .object({
      compute: z.object({
        kind: z.string(),
        writable: z
          .object({
            type: z.enum(['string', 'number', 'boolean']),
            allowed: z.array(z.union([z.string(), z.number(), z.boolean()])).optional(),
          })
          .optional(),
      }),
    })
    .nullable(),
});
export type KnownFeature = z.infer<typeof KnownFeature>;
const Features = z.object({ features: z.array(KnownFeature) });

/** The project's features as profile-store has them now; undefined when it does not answer within 2 s. */
export async function askFeatures(
  access: ProfileStoreAccess,
  project: string,
): Promise<readonly KnownFeature[] | undefined> {
  try {
    const url = new URL(access.url);
    url.pathname = `${url.pathname.replace(/\/+$/, '')}/v1/projects/${encodeURIComponent(project)}/features`;
    const answer = await fetch(url, {
      headers: { authorization: `Bearer ${await serviceToken(access.secret, 'sql-executor')}` },
      signal: AbortSignal.timeout(ASK_TIMEOUT_MS),
    });
    if (!answer.ok) {
      await answer.body?.cancel();
      return undefined;
    }
    return Features.safeParse(await answer.json()).data?.features;
  } catch {
    return undefined;
  }
}

/** Whether what a plan reads and writes of profiles has to be asked for. */
export const usesProfiles = (plan: StreamPlan): boolean =>
  writtenTables(plan, PROFILES).length > 0 || lookedUpTables(plan, PROFILES).length > 0;

/** What a plan writes that is no attribute to be written, or of another type. Pure. */
export function attributeProblems(plan: StreamPlan, features: readonly KnownFeature[]): readonly SqlProblem[] {
  const writable = features.filter(({ published }) => published?.compute.writable !== undefined).map(({ id }) => id);
  return writtenTables(plan, PROFILES).flatMap(({ table, columns }) =>
    columns.flatMap((column) => (column.name === SUBJECT ? [] : attributeProblem(table, column, features, writable))),
  );
}

function attributeProblem(
  table: TablePlan,
  column: TableColumn,
  features: readonly KnownFeature[],
  writable: readonly string[],
): readonly SqlProblem[] {
  const feature = features.find(({ id }) => id === column.name);
  if (feature === undefined)
    return [problem(table, `there is no attribute ${column.name}`, suggestion(column.name, writable))];
  if (feature.published === null) return [notLive(table, feature)];
  const { writable: takes } = feature.published.compute;
  if (takes === undefined)
    return [
      problem(
        table,
        `${column.name} is computed from events (${feature.published.compute.kind}) and cannot be written`,
        `make it writable, or: ${suggestion(column.name, writable)}`,
      ),
    ];
  return FITS[takes.type](column.type)
    ? []
    : [
        problem(
          table,
          `the attribute ${column.name} takes a ${takes.type}, not ${shown(column.type)}`,
          `declare it ${EXAMPLE[takes.type]}`,
        ),
      ];
}

/** What a plan looks up that no profile has, or cannot be read as its column. Pure. */
export function lookupProblems(plan: StreamPlan, features: readonly KnownFeature[]): readonly SqlProblem[] {
  const published = features.filter((feature) => feature.published !== null).map(({ id }) => id);
  return lookedUpTables(plan, PROFILES).flatMap(({ lookup: { table }, columns }) =>
    columns.flatMap(({ name, type }): SqlProblem[] => {
      if (name === SUBJECT) return [];
      const feature = features.find(({ id }) => id === name);
      if (feature === undefined) return [problem(table, `there is no feature ${name}`, suggestion(name, published))];
      if (feature.published === null) return [notLive(table, feature)];
      const { kind } = feature.published.compute;
      if (NUMBERS.includes(kind) && !isNumeric(type) && !isString(type))
        return [problem(table, `${name} (${kind}) is a number, not ${shown(type)}`, 'declare it DOUBLE')];
      if (LISTS.includes(kind) && !isString(type))
        return [problem(table, `${name} (${kind}) is a list, not ${shown(type)}`, 'declare it STRING: its JSON')];
      return [];
    }),
  );
}

/** The only values that attributes take, by their names: a row with another is a dead letter. */
export type AllowedValues = Readonly<Record<string, readonly (string | number | boolean)[]>>;

export const allowedValues = (features: readonly KnownFeature[]): AllowedValues =>
  Object.fromEntries(
    features.flatMap(({ id, published }) => {
      const allowed = published?.compute.writable?.allowed;
      return allowed === undefined ? [] : [[id, allowed]];
    }),
  );

const NUMBERS = ['count', 'sum', 'avg', 'distinct-count', 'ratio', 'rate', 'ewma', 'time-since'];
const LISTS = ['last-n', 'top-k'];
const FITS = { string: isString, number: isNumeric, boolean: (type: DataType) => type.kind === 'BOOLEAN' } as const;
const EXAMPLE = { string: 'STRING', number: 'DOUBLE', boolean: 'BOOLEAN' } as const;

const shown = (type: DataType): string => typeName(withNullable(type, true));
const problem = ({ at }: TablePlan, message: string, hint: string): SqlProblem => ({ ...at, message, hint });
const notLive = (table: TablePlan, { id, status }: KnownFeature): SqlProblem =>
  problem(
    table,
    `the feature ${id} is not live (${status})`,
    status === 'filling' ? 'wait until it has been filled from history' : 'publish it first',
  );
const suggestion = (name: string, known: readonly string[]): string =>
  known.length === 0 ? 'define it first' : suggest(name, known);

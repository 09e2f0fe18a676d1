import { suggest } from '@hermes/rules/suggestion';
import type { SqlProblem } from '@hermes/contracts/job';
import { serviceToken } from '@hermes/service-kit/service-token';
import type { JobPlan, PlacedColumn } from '@hermes/stream-sql/plan/job-plan';
import { type DataType, isNumeric, isString, typeName, withNullable } from '@hermes/stream-sql/types/data-type';
import { z } from 'zod';
import type { ProfileStoreAccess } from '../runs/messages.ts';

const ASK_TIMEOUT_MS = 2_000;

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
export const usesProfiles = ({ sink, operators }: JobPlan): boolean =>
  sink.connector === 'hermes-profile' || operators.some(({ kind }) => kind === 'lookup');

/** What a plan writes that is no attribute to be written, or of another type. Pure. */
export function attributeProblems({ sink }: JobPlan, features: readonly KnownFeature[]): readonly SqlProblem[] {
  if (sink.connector !== 'hermes-profile') return [];
  const writable = features.filter(({ published }) => published?.compute.writable !== undefined).map(({ id }) => id);
  return sink.columns.flatMap((column, i): SqlProblem[] => {
    if (i === sink.subject) return [];
    const feature = features.find(({ id }) => id === column.name);
    if (feature === undefined)
      return [problem(column, `there is no attribute ${column.name}`, suggestion(column.name, writable))];
    if (feature.published === null) return [notLive(column, feature)];
    const { writable: takes } = feature.published.compute;
    if (takes === undefined)
      return [
        problem(
          column,
          `${column.name} is computed from events (${feature.published.compute.kind}) and cannot be written`,
          `make it writable, or: ${suggestion(column.name, writable)}`,
        ),
      ];
    return FITS[takes.type](column.type)
      ? []
      : [
          problem(
            column,
            `the attribute ${column.name} takes a ${takes.type}, not ${shown(column.type)}`,
            `declare it ${EXAMPLE[takes.type]}`,
          ),
        ];
  });
}

/** What a plan looks up that no profile has, or cannot be read as its column. Pure. */
export function lookupProblems({ operators }: JobPlan, features: readonly KnownFeature[]): readonly SqlProblem[] {
  const published = features.filter((feature) => feature.published !== null).map(({ id }) => id);
  return operators.flatMap((operator) => {
    if (operator.kind !== 'lookup') return [];
    return operator.columns.flatMap((column): SqlProblem[] => {
      if (column.role !== 'feature') return [];
      const feature = features.find(({ id }) => id === column.name);
      if (feature === undefined)
        return [problem(column, `there is no feature ${column.name}`, suggestion(column.name, published))];
      if (feature.published === null) return [notLive(column, feature)];
      const { kind } = feature.published.compute;
      if (NUMBERS.includes(kind) && !isNumeric(column.type) && !isString(column.type))
        return [
          problem(column, `${column.name} (${kind}) is a number, not ${shown(column.type)}`, 'declare it DOUBLE'),
        ];
      if (LISTS.includes(kind) && !isString(column.type))
        return [
          problem(
            column,
            `${column.name} (${kind}) is a list, not ${shown(column.type)}`,
            'declare it STRING: its JSON',
          ),
        ];
      return [];
    });
  });
}

/** The plan with the values that its attributes take, so that a row with another is a dead letter. Pure. */
export function withAllowedValues(plan: JobPlan, features: readonly KnownFeature[]): JobPlan {
  const { sink } = plan;
  if (sink.connector !== 'hermes-profile') return plan;
  const columns = sink.columns.map((column) => {
    const allowed = features.find(({ id }) => id === column.name)?.published?.compute.writable?.allowed;
    return allowed === undefined ? column : { ...column, allowed };
  });
  return { ...plan, sink: { ...sink, columns } };
}

const NUMBERS = ['count', 'sum', 'avg', 'distinct-count', 'ratio', 'rate', 'ewma', 'time-since'];
const LISTS = ['last-n', 'top-k'];
const FITS = { string: isString, number: isNumeric, boolean: (type: DataType) => type.kind === 'BOOLEAN' } as const;
const EXAMPLE = { string: 'STRING', number: 'DOUBLE', boolean: 'BOOLEAN' } as const;

const shown = (type: DataType): string => typeName(withNullable(type, true));
const problem = ({ at }: PlacedColumn, message: string, hint: string): SqlProblem => ({ ...at, message, hint });
const notLive = (column: PlacedColumn, { status }: KnownFeature): SqlProblem =>
  problem(
    column,
    `the feature ${column.name} is not live (${status})`,
    status === 'filling' ? 'wait until it has been filled from history' : 'publish it first',
  );
const suggestion = (name: string, known: readonly string[]): string =>
  known.length === 0 ? 'define it first' : suggest(name, known);

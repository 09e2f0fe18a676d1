import type { Language } from '@hermes/contracts/language';
import type { z } from 'zod';

export interface ProblemFields {
  readonly status: number;
  /** Stable, kebab-case. */
  readonly code: string;
  readonly title: string;
  /** For people: what is wrong and what to do. */
  readonly detail: string;
  readonly cause?: unknown;
  /** Further members of the problem document. */
  readonly extra?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An HTTP error as RFC 9457 has it; thrown at the HTTP border only. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly fields: ProblemFields;
  constructor(fields: ProblemFields) {
    super(fields.detail, { cause: fields.cause });
    this.fields = fields;
  }
}

export interface FieldFault {
  /** JSON pointer into the input. */
  readonly pointer: string;
  readonly message: string;
}

const pointerOf = (path: readonly PropertyKey[]): string =>
  path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

/** ` (and 2 more)`, behind the first of several faults. */
export function andMore(faults: readonly unknown[], language: Language = 'en'): string {
  const others = faults.length - 1;
  if (others < 1) return '';
  return language === 'zh' ? `（另有 ${others} 处）` : ` (and ${others} more)`;
}

/** Zod's issues as JSON pointers with a message. */
export const faultsOf = (error: z.ZodError): readonly FieldFault[] =>
  error.issues.map((issue) => ({ pointer: pointerOf(issue.path), message: issue.message }));

/**
 * The value as the schema has it.
 *
 * @param where - what the value is, for the message: `body`, `query`, `path`
 * @throws ProblemError 400 `invalid-input` with `errors: [{pointer, message}]`
 */
export function parse<T>(schema: z.ZodType<T>, value: unknown, where = 'body'): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const errors = faultsOf(result.error);
  const first = errors[0];
  throw new ProblemError({
    status: 400,
    code: 'invalid-input',
    title: `The ${where} is not valid`,
    detail: `Correct ${first?.pointer || `the ${where}`}: ${first?.message ?? 'unknown fault'}${andMore(errors)}.`,
    extra: { errors },
  });
}

/** A 404 for something that the caller named. */
export const notFound = (what: string, id: string, hint = ''): ProblemError =>
  new ProblemError({
    status: 404,
    code: 'not-found',
    title: `There is no such ${what}`,
    detail: `No ${what} is called '${id}'.${hint && ` ${hint}`}`,
  });

/** A 503 that tells the caller which part is away. */
export const unavailable = (part: string, cause?: unknown): ProblemError =>
  new ProblemError({
    status: 503,
    code: 'unavailable',
    title: `${part} is not available`,
    detail: `${part} does not answer at the moment; try again in a few seconds.`,
    cause,
    headers: { 'retry-after': '2' },
  });

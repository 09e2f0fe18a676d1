import { SqlRefusal } from '../../syntax/problem.ts';
import type { Span } from '../../syntax/tree-node.ts';
import type { PlanExpression } from '../expression.ts';
import type { WindowSpec } from '../plan.ts';

/** Milliseconds of an interval that is written out and above 0. Throws SqlRefusal. */
export function durationOf(expression: PlanExpression, at: Span, least = 1): number {
  if (expression.kind === 'literal' && expression.type.kind === 'INTERVAL_MS' && Number(expression.value) >= least)
    return Number(expression.value);
  throw new SqlRefusal(
    at,
    expression.kind === 'literal' && expression.type.kind === 'INTERVAL_MONTHS'
      ? 'a window of months or years has no fixed length'
      : 'a window is measured in an interval above 0 that is written out',
    "for example INTERVAL '10' MINUTE",
  );
}

/** Throws SqlRefusal when the size is no multiple of the slide, as Flink does. */
export function hopSpec(slideMs: number, sizeMs: number, offsetMs: number, at: Span): WindowSpec {
  if (sizeMs % slideMs !== 0)
    throw new SqlRefusal(
      at,
      `the size of HOP (${sizeMs} ms) must be a multiple of its slide (${slideMs} ms)`,
      'the slide comes first, then the size',
    );
  return { kind: 'hop', slideMs, sizeMs, offsetMs };
}

export function cumulateSpec(stepMs: number, sizeMs: number, offsetMs: number, at: Span): WindowSpec {
  if (sizeMs % stepMs !== 0)
    throw new SqlRefusal(
      at,
      `the size of CUMULATE (${sizeMs} ms) must be a multiple of its step (${stepMs} ms)`,
      'the step comes first, then the size',
    );
  return { kind: 'cumulate', stepMs, sizeMs, offsetMs };
}

export const notATimeAttribute = (at: Span, what: string, name?: string): SqlRefusal =>
  new SqlRefusal(
    at,
    `${what} needs a time attribute${name === undefined ? '' : `, and ${name} is none`}`,
    "a column with WATERMARK FOR ts AS ts - INTERVAL '5' SECOND in CREATE TABLE, or PROCTIME(), that no expression has changed",
  );

import { EvaluationError } from '../builtin/signature.ts';

/** A window needs the row's time: without one the row belongs nowhere (Flink fails, too). */
export function failOnNullTime(): never {
  throw new EvaluationError(
    'null-time',
    'the time attribute of the window is NULL: filter such rows out, or repair the event',
  );
}

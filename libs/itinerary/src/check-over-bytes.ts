import type { Check, Step, Template } from './check.ts';
import type { Finding } from './finding.ts';
import type { Observation } from './observation.ts';
import { type Fields, type ParametersOf, readParameters } from './parameters.ts';
import { withinReceipt } from './receipt.ts';

/** What an engine keeps and does after a step. */
export interface StepOverBytes {
  readonly bytes: Buffer;
  readonly findings: readonly Finding[];
  readonly dueMs?: number | undefined;
  readonly waiting?: readonly string[] | undefined;
}

export interface CheckedParameters {
  /** @param bytes - the key's state as the last step left it; undefined for a key that was never seen */
  observe(bytes: Uint8Array | undefined, observation: Observation): StepOverBytes;
  onDue(bytes: Uint8Array | undefined, nowMs: number): StepOverBytes;
}

export type WithParameters =
  | {
      readonly kind: 'ok';
      readonly check: CheckedParameters;
      /** All of them, with the defaults of those that were absent. */
      readonly parameters: Readonly<Record<string, unknown>>;
    }
  | { readonly kind: 'rejected'; readonly problems: readonly { readonly pointer: string; readonly message: string }[] };

/** A check whose state is bytes, so that all checks are of one type. */
export interface CheckOverBytes extends Template {
  /** Whether it finds what did not happen, once time has passed. */
  readonly waits: boolean;
  /** The check with these parameters, defaults where they are absent; or everything that is wrong with them. */
  withParameters(given: unknown): WithParameters;
}

/** @throws StateCodecError, from the steps, on bytes that this code cannot read */
export function overBytes<State, F extends Fields>(check: Check<State, F>): CheckOverBytes {
  const { kind, title, description, fields, parameters, observes, keyOf } = check;
  const stateOf = (bytes: Uint8Array | undefined): State =>
    bytes === undefined ? check.initial : check.codec.decode(bytes);
  const encoded = ({ state, findings, dueMs, waiting }: Step<State>): StepOverBytes => ({
    bytes: check.codec.encode(state),
    findings,
    dueMs,
    waiting,
  });
  const withRead = (values: ParametersOf<F>): CheckedParameters => ({
    observe: (bytes, observation) => {
      const state = stateOf(bytes);
      const believed = withinReceipt(observation);
      // No check that looks at fixes waits for time to pass: there is no timer to keep.
      return encoded(believed === undefined ? { state, findings: [] } : check.observe(state, believed, values));
    },
    onDue: (bytes, nowMs) => {
      const state = stateOf(bytes);
      return encoded(check.onDue?.(state, nowMs, values) ?? { state, findings: [] });
    },
  });
  return {
    kind,
    title,
    description,
    fields,
    parameters,
    observes,
    keyOf,
    waits: check.onDue !== undefined,
    withParameters(given) {
      const read = readParameters(parameters, given);
      return read.kind === 'ok' ? { kind: 'ok', check: withRead(read.parameters), parameters: read.parameters } : read;
    },
  };
}

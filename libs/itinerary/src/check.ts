import type { Bilingual } from '@hermes/contracts/event-type';
import type { z } from 'zod';
import type { Finding, FindingKind } from './finding.ts';
import type { Observation, ObservationKind } from './observation.ts';
import type { Fields, ParametersOf } from './parameters.ts';
import type { StateCodec } from './state-codec.ts';

/** What a check says after an observation, or after time has passed. */
export interface Step<State> {
  readonly state: State;
  readonly findings: readonly Finding[];
  /** When to ask `onDue` next; ms since the epoch. Absent: not before the next observation. */
  readonly dueMs?: number | undefined;
  /** Ids of the observations that wait for time to pass, of checks that find what did not happen. */
  readonly waiting?: readonly string[] | undefined;
}

/** What a console needs to offer a check as a form, and an engine to route observations to it. */
export interface Template<F extends Fields = Fields> {
  readonly kind: FindingKind;
  readonly title: Bilingual;
  readonly description: Bilingual;
  readonly fields: F;
  readonly parameters: z.ZodType<ParametersOf<F>>;
  readonly observes: readonly ObservationKind[];
  /** The key under which the state for this observation is kept; undefined when the check does not look at it. */
  keyOf(observation: Observation): string | undefined;
}

/**
 * A check on a broker's day, one state for each key. Pure: the same observations in the same order give the same findings. States
 * are small and bounded, whatever comes.
 */
export interface Check<State, F extends Fields = Fields> extends Template<F> {
  readonly initial: State;
  readonly codec: StateCodec<State>;
  observe(state: State, observation: Observation, parameters: ParametersOf<F>): Step<State>;
  /** Time has passed: `nowMs` is the partition's clock. Of checks that find what did not happen. */
  onDue?(state: State, nowMs: number, parameters: ParametersOf<F>): Step<State>;
}

/** The keys: a broker's own stream, or one that several brokers meet in. */
export const brokerKey = (observation: Observation): string => `broker:${observation.brokerId}`;

export const nothing = <State>(state: State): Step<State> => ({ state, findings: [] });

import { z } from 'zod';
import { ProfileCause } from './profile-change.ts';
import { FeatureValue } from './profile.ts';

/**
 * Headers of `<project>.rule-keys`: an event, unchanged, under a key at which it counts in features or is decided. It has the header of its type, and of
 * its acceptance, as on `<project>.events`.
 */
export const RULE_KEY_HEADERS = {
  /** The definition set that its processor of `<project>.events` had in force: by its rules the event is decided at every key. */
  set: 'hermes_set',
  /** Slots on whose behalf it counts at the key, joined by ",". */
  slots: 'hermes_slots',
  /** `<partition>/<offset>` of the event on `<project>.events`. */
  place: 'hermes_place',
  /** RuleKeyValues as JSON; absent when there are none. */
  values: 'hermes_values',
  /** Only on what comes from another key: that key, whose features the values are. */
  from: 'hermes_from',
} as const;

/** Values of features that the event's rules ask for, by `<id> <version>`; what is known of the person, with its cause, by the fact's own name. */
export const RuleKeyValues = z.record(z.string(), FeatureValue.extend({ cause: ProfileCause.optional() }));
export type RuleKeyValues = z.infer<typeof RuleKeyValues>;

/** The name of a feature's version among values. */
export const ruleKeyValueName = (id: string, version: number): string => `${id} ${version}`;

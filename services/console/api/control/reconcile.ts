import { isDeepStrictEqual } from 'node:util';
import { controlKey, type ControlRecord } from '@hermes/contracts/control';
import { announce, type ControlMessage } from './control-outbox.ts';

/** What the database holds: records that must be on the topic, and keys that must not. */
export interface ControlTruth {
  readonly records: readonly ControlRecord[];
  readonly withdrawn: readonly string[];
}

/**
 * What has to be sent so that `published` (message key -> value) says what the database says. Pure.
 *
 * A key of a project of ours that the database does not know is withdrawn: it would open a door. A project that the
 * database does not know is left alone: a fresh database beside an older Kafka must not delete projects by itself.
 */
export function reconcile(truth: ControlTruth, published: ReadonlyMap<string, unknown>): readonly ControlMessage[] {
  const wanted = new Map(truth.records.map((record) => [controlKey(record), record]));
  const ours = new Set(truth.records.filter((record) => record.kind === 'project').map((record) => record.id));
  const withdrawn = new Set(truth.withdrawn);

  const missing = [...wanted].filter(([key, record]) => !isDeepStrictEqual(published.get(key), record));
  const stale = [...published].filter(
    ([key, value]) => !wanted.has(key) && (withdrawn.has(key) || isKeyOf(ours, value)),
  );
  return [...missing.map(([, record]) => announce(record)), ...stale.map(([key]) => ({ key, value: null }))];
}

function isKeyOf(projects: ReadonlySet<string>, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { kind, project } = value as { kind?: unknown; project?: unknown };
  return kind === 'key' && typeof project === 'string' && projects.has(project);
}

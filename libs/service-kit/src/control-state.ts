import { hash } from 'node:crypto';
import { ControlRecord, type KeyRecord, type ProjectRecord, type SigningKeyRecord } from '@hermes/contracts/control';

/** What a service knows of projects and keys: a fold over `hermes.control`. */
export interface ControlState {
  readonly projects: Map<string, ProjectRecord>;
  /** By key id. */
  readonly keys: Map<string, KeyRecord>;
  readonly signingKeys: Map<string, SigningKeyRecord>;
  /** Key texts that were found to be right, since the last change of any key: an application sends the same one thousands of times a second. */
  readonly provenKeys: Map<string, KeyRecord>;
}

export const emptyControlState = (): ControlState => ({
  projects: new Map(),
  keys: new Map(),
  signingKeys: new Map(),
  provenKeys: new Map(),
});

export type ControlChange =
  | { readonly kind: 'project-set'; readonly project: ProjectRecord; readonly isNew: boolean }
  | { readonly kind: 'project-removed'; readonly id: string }
  | { readonly kind: 'other' }
  | { readonly kind: 'unreadable'; readonly reason: string };

function remove(state: ControlState, kind: string, id: string): ControlChange {
  if (kind === 'project') return state.projects.delete(id) ? { kind: 'project-removed', id } : { kind: 'other' };
  if (kind === 'key') {
    state.keys.delete(id);
    state.provenKeys.clear();
  }
  if (kind === 'signing-key') state.signingKeys.delete(id);
  return { kind: 'other' };
}

/** Applies one record of `hermes.control` to `state` in place; a null value removes. */
export function applyControlRecord(state: ControlState, key: string, value: string | null): ControlChange {
  const slash = key.indexOf('/');
  if (value === null) return remove(state, key.slice(0, slash), key.slice(slash + 1));
  let json: unknown;
  try {
    json = JSON.parse(value);
  } catch (cause) {
    return { kind: 'unreadable', reason: `the record '${key}' is not JSON: ${String(cause)}` };
  }
  const parsed = ControlRecord.safeParse(json);
  if (!parsed.success)
    return { kind: 'unreadable', reason: `the record '${key}' is not valid: ${parsed.error.message}` };
  const record = parsed.data;
  if (record.kind === 'project') {
    const isNew = !state.projects.has(record.id);
    state.projects.set(record.id, record);
    return { kind: 'project-set', project: record, isNew };
  }
  if (record.kind === 'key') {
    state.keys.set(record.id, record);
    state.provenKeys.clear();
  } else state.signingKeys.set(record.id, record);
  return { kind: 'other' };
}

const KEY_SHAPE = /^hk_([A-Za-z0-9-]+)_([A-Za-z0-9-]+)$/;

/** The record of a key text `hk_<id>_<secret>`, or undefined when it is unknown, revoked or wrong. */
export function findKey(state: ControlState, keyText: string): KeyRecord | undefined {
  const proven = state.provenKeys.get(keyText);
  if (proven !== undefined) return proven;
  const id = KEY_SHAPE.exec(keyText)?.[1];
  const record = id === undefined ? undefined : state.keys.get(id);
  if (record === undefined || hash('sha256', keyText) !== record.sha256) return undefined;
  state.provenKeys.set(keyText, record);
  return record;
}

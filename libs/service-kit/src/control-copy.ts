import type { KafkaDriver } from '@hermes/connectors/kafka/driver';
import { type KeyRecord, type ProjectRecord, TOKEN_ISSUER, TokenClaims } from '@hermes/contracts/control';
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import type { Logger } from 'pino';
import { applyControlRecord, emptyControlState, findKey } from './control-state.ts';

export interface ProjectHandlers {
  added(project: ProjectRecord): void | Promise<void>;
  removed(id: string): void | Promise<void>;
}

/** A service's own copy of `hermes.control`: it decides from it, so that a stopped console stops no data. */
export interface ControlCopy {
  project(id: string): ProjectRecord | undefined;
  projects(): readonly ProjectRecord[];
  /** The record of a key text, or undefined when unknown or revoked. */
  key(keyText: string): KeyRecord | undefined;
  verifyToken(token: string): Promise<TokenClaims | undefined>;
  /** Existing projects are told first; one handler call at a time, in the order of the changes. */
  onProjects(handlers: ProjectHandlers): void;
}

/** Follows the control topic and resolves once everything in it now has been read. */
export async function followControl(
  kafka: KafkaDriver,
  topic: string,
  logger: Logger,
): Promise<ControlCopy & { close(): Promise<void> }> {
  const state = emptyControlState();
  const listeners: ProjectHandlers[] = [];
  let tail = Promise.resolve();
  let keySet: ReturnType<typeof createLocalJWKSet> | undefined;

  const tell = (call: (handlers: ProjectHandlers) => void | Promise<void>, handlers: ProjectHandlers): void => {
    tail = tail.then(async () => {
      try {
        await call(handlers);
      } catch (error) {
        logger.error({ err: error }, 'a project could not be taken up');
      }
    });
  };

  const follower = await kafka.follow({
    topic,
    maxWaitMs: 1_000,
    onRecord: (record) => {
      if (record.key === null) return;
      const change = applyControlRecord(state, record.key.toString(), record.value?.toString() ?? null);
      if (change.kind === 'unreadable') logger.error({ reason: change.reason }, 'control record skipped');
      if (change.kind === 'other') keySet = undefined;
      for (const handlers of listeners) {
        if (change.kind === 'project-set' && change.isNew) tell((h) => h.added(change.project), handlers);
        if (change.kind === 'project-removed') tell((h) => h.removed(change.id), handlers);
      }
    },
  });
  await follower.caughtUp;

  return {
    project: (id) => state.projects.get(id),
    projects: () => [...state.projects.values()],
    key: (text) => findKey(state, text),
    async verifyToken(token) {
      keySet ??= createLocalJWKSet({ keys: [...state.signingKeys.values()].map((k) => k.jwk) } as JSONWebKeySet);
      try {
        const { payload } = await jwtVerify(token, keySet, { issuer: TOKEN_ISSUER, algorithms: ['EdDSA', 'Ed25519'] });
        return TokenClaims.parse(payload);
      } catch {
        return undefined;
      }
    },
    onProjects(handlers) {
      listeners.push(handlers);
      for (const project of state.projects.values()) tell((h) => h.added(project), handlers);
    },
    close: () => follower.close(),
  };
}

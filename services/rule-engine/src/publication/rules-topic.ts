import type { KafkaDriver } from '@hermes/connectors/kafka/driver';
import { inSnapshot } from '@hermes/connectors/postgres/snapshot';
import type { Feature } from '@hermes/contracts/feature';
import type { Lookup } from '@hermes/contracts/lookup';
import type { Rule } from '@hermes/contracts/rule';
import type { SnoozedRule } from '@hermes/contracts/snooze';
import { rulesTopic } from '@hermes/contracts/topics';
import type { PublishDefinitions } from '@hermes/service-kit/definition-publisher';
import { publishDefinitionSet } from '@hermes/stream-runtime/publish-definitions';
import type { PoolClient } from 'pg';
import {
  candidateMemberId,
  countedFeatureId,
  lookupMemberId,
  RULE_SET_STATUS_ID,
  type RuleSetStatus,
} from '../evaluation/rule-set.ts';
import { snoozedMemberId } from '../evaluation/snoozed-keys.ts';
import { countedFeatures, groupsEver } from '../features/counted-features.ts';
import { publishedLookups } from '../lookups/lookups.repository.ts';
import { PUBLISHED_AT } from '../rules/candidate-version.ts';
import { SCHEMA } from '../rules/project-transaction.ts';
import { snoozedRules } from '../snoozes/snoozes.repository.ts';
import { type RuleRow, ruleOf } from '../rules/rule-versions.ts';
import { withRememberedSince } from './remembered-since.ts';

/** What partitions evaluate and count. */
export interface PublishedRules {
  /** In force, by id. */
  readonly rules: readonly Rule[];
  /** In the shadow of these, by id. */
  readonly candidates: readonly Rule[];
  /** What they, and versions that are to come into force, ask for. */
  readonly features: readonly Feature[];
  /** In which a feature was ever counted for rules, by name. */
  readonly groups: readonly string[];
  /** What they look up with. */
  readonly lookups: readonly Lookup[];
  /** For whom they do not fire for a while. */
  readonly snoozed: readonly SnoozedRule[];
}

/** What is to be published now, all of one snapshot: no rule without its features. */
export const publishedRules = (db: PoolClient, project: string): Promise<PublishedRules> =>
  inSnapshot(db, async () => {
    const { rows } = await db.query<RuleRow>(
      `SELECT v.id, v.version, v.draft, ${PUBLISHED_AT} FROM ${SCHEMA}.rules r
         JOIN ${SCHEMA}.rule_versions v ON v.project = r.project AND v.id = r.id AND v.version = r.live_version
        WHERE r.project = $1 ORDER BY v.id`,
      [project],
    );
    const rules: Rule[] = [];
    for (const row of rows) rules.push(await withRememberedSince(db, ruleOf(project, row)));
    const running = await db.query<RuleRow>(
      `SELECT v.id, v.version, v.draft, v.published_at FROM ${SCHEMA}.shadow_runs s
         JOIN ${SCHEMA}.rule_versions v USING (project, id, version)
        WHERE s.project = $1 AND s.ended_at IS NULL AND s.running_since IS NOT NULL ORDER BY v.id`,
      [project],
    );
    const candidates: Rule[] = [];
    for (const row of running.rows) candidates.push(asCandidate(await withRememberedSince(db, ruleOf(project, row))));
    return {
      rules,
      candidates,
      features: await countedFeatures(db, project),
      groups: await groupsEver(db, project),
      lookups: await publishedLookups(db, project),
      snoozed: await snoozedRules(db, project),
    };
  });

/** It decides on every key: how far the version in force is rolled out is of that one alone. */
function asCandidate({ rollout: _rollout, ...rule }: Rule): Rule {
  return { ...rule, shadow: true, candidate: true };
}

/** Publishes rules and their features as a definition set; each rule's version is a member, and each feature in its slot. */
export const publishOnKafka =
  (kafka: KafkaDriver): PublishDefinitions<PublishedRules> =>
  async (project, { rules, candidates, features, groups, lookups, snoozed }) => {
    const status: RuleSetStatus = { groups: [...groups] };
    await publishDefinitionSet(kafka, rulesTopic(project), {
      members: [
        ...(groups.length === 0
          ? []
          : [{ id: RULE_SET_STATUS_ID, version: groups.length, value: JSON.stringify(status) }]),
        ...rules.map((rule) => ({ id: rule.id, version: rule.version, value: JSON.stringify(rule) })),
        ...candidates.map((rule) => ({
          id: candidateMemberId(rule.id),
          version: rule.version,
          value: JSON.stringify(rule),
        })),
        ...features.map((feature) => ({
          id: countedFeatureId(feature.slot),
          version: 1,
          value: JSON.stringify(feature),
        })),
        ...lookups.map((lookup) => ({
          id: lookupMemberId(lookup.id),
          version: lookup.version,
          value: JSON.stringify(lookup),
        })),
        ...snoozed.map((one) => ({
          id: snoozedMemberId(one.ruleId),
          version: one.revision,
          value: JSON.stringify(one),
        })),
      ],
      publishedAt: new Date().toISOString(),
    });
  };

import type { KafkaDriver } from '@hermes/connectors/kafka/driver';
import { rulesTopic } from '@hermes/contracts/topics';
import { publishDefinitionSet } from '@hermes/stream-runtime/publish-definitions';
import type { Rule } from '@hermes/contracts/rule';
import type { PublishDefinitions } from '@hermes/service-kit/definition-publisher';

/** Publishes rules as a definition set; each rule's version is a member. */
export const publishOnKafka =
  (kafka: KafkaDriver): PublishDefinitions<readonly Rule[]> =>
  async (project, rules) => {
    await publishDefinitionSet(kafka, rulesTopic(project), {
      members: rules.map((rule) => ({ id: rule.id, version: rule.version, value: JSON.stringify(rule) })),
      publishedAt: new Date().toISOString(),
    });
  };

/** What a topic must look like when code makes it. `-1` retention means for ever. */
export interface TopicSpec {
  readonly name: string;
  readonly partitions: number;
  readonly cleanupPolicy: 'delete' | 'compact';
  readonly retentionMs: number;
  readonly retentionBytes: number;
}

const DAY_MS = 86_400_000;
const TWO_GB = 2_000_000_000;

/** Where projects, members and keys are announced, unless a service is told another (HERMES_CONTROL_TOPIC). */
export const CONTROL_TOPIC = 'hermes.control';
export const METRICS_TOPIC = 'hermes.metrics';

export const inboxTopic = (project: string): string => `${project}.inbox`;
export const eventsTopic = (project: string): string => `${project}.events`;
export const eventsDeadLetterTopic = (project: string): string => `${project}.events.dlq`;
export const decisionsTopic = (project: string): string => `${project}.decisions`;
/** Event types (definition set written by ingest). */
export const eventTypesTopic = (project: string): string => `${project}.event-types`;
/** Rules (definition set written by rule-engine). */
export const rulesTopic = (project: string): string => `${project}.rules`;
/** Named lists, whole: heads and buckets (written by rule-engine). */
export const listsTopic = (project: string): string => `${project}.lists`;
/** Features (definition set written by profile-store). */
export const featuresTopic = (project: string): string => `${project}.features`;
/** Events under another key than their subject: `<entity>:<value>` of the features keyed by a field. */
export const keyedTopic = (project: string): string => `${project}.keyed`;
/** Events under another key than their subject, for rules that go by it or ask for its features. */
export const ruleKeysTopic = (project: string): string => `${project}.rule-keys`;
/** Changes of features that somebody has subscribed to. */
export const profileChangesTopic = (project: string): string => `${project}.profile-changes`;
/** Subjects whose data are to be deleted and kept out. */
export const erasuresTopic = (project: string): string => `${project}.erasures`;
/** What each store has deleted. */
export const erasureReportsTopic = (project: string): string => `${project}.erasure-reports`;
/** Dead letters of one service's own processor, for example `demo.rule-engine.dlq`. */
export const processorDeadLetterTopic = (project: string, service: string): string => `${project}.${service}.dlq`;

/** The one consumer group of a service in a project. */
export const consumerGroup = (service: string, project: string): string => `hermes.${service}.${project}`;

const log = (name: string, partitions: number): TopicSpec => ({
  name,
  partitions,
  cleanupPolicy: 'delete',
  retentionMs: DAY_MS,
  // Kafka counts it per partition.
  retentionBytes: Math.floor(TWO_GB / partitions),
});
const compacted = (name: string): TopicSpec => ({
  name,
  partitions: 1,
  cleanupPolicy: 'compact',
  retentionMs: -1,
  retentionBytes: -1,
});

/** Topics of the platform; whoever starts first makes them. */
export const platformTopics = (controlTopic = CONTROL_TOPIC): readonly TopicSpec[] => [
  compacted(controlTopic),
  log(METRICS_TOPIC, 1),
];

/** A topic of a project that a SQL job writes. */
export const jobOutputTopic = log;

/** Topics of one project with `partitions` partitions; each service makes sure of them before it reads or writes. */
export const projectTopics = (project: string, partitions: number): readonly TopicSpec[] => [
  log(inboxTopic(project), partitions),
  log(eventsTopic(project), partitions),
  log(decisionsTopic(project), partitions),
  { ...log(eventsDeadLetterTopic(project), 1), retentionMs: 14 * DAY_MS },
  { ...log(processorDeadLetterTopic(project, 'rule-engine'), 1), retentionMs: 14 * DAY_MS },
  { ...log(processorDeadLetterTopic(project, 'profile-store'), 1), retentionMs: 14 * DAY_MS },
  { ...log(processorDeadLetterTopic(project, 'sql-executor'), 1), retentionMs: 14 * DAY_MS },
  log(keyedTopic(project), partitions),
  log(ruleKeysTopic(project), partitions),
  log(profileChangesTopic(project), partitions),
  log(erasureReportsTopic(project), 1),
  compacted(eventTypesTopic(project)),
  compacted(rulesTopic(project)),
  compacted(listsTopic(project)),
  compacted(featuresTopic(project)),
  compacted(erasuresTopic(project)),
];

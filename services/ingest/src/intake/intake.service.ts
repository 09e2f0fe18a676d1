import type { KafkaMessage, ProducedAt } from '@hermes/connectors/kafka/driver';
import { PLATFORM_TYPE_PREFIX } from '@hermes/contracts/attributes';
import type { ProjectRecord } from '@hermes/contracts/control';
import type { HermesEvent } from '@hermes/contracts/event';
import type { IngestAnswer, ItemError } from '@hermes/contracts/ingest-api';
import { RULE_SOURCE_PREFIX } from '@hermes/contracts/rule-action';
import { inboxTopic } from '@hermes/contracts/topics';
import { SERVICE_RUNTIME, type ServiceRuntime } from '@hermes/service-kit/runtime';
import { Inject, Injectable } from '@nestjs/common';
import { CatalogueCopy } from '../catalogue/catalogue-copy.ts';
import type { EventTypeSet } from '../catalogue/event-type-set.ts';
import type { IngestConfig } from '../config.ts';
import { isPlatformType } from '../catalogue/platform-types.ts';
import { ErasureCopies } from '../erasure/erasure-copies.ts';
import { aboutOf, acceptedRecord, refusedRecord } from './inbox-record.ts';
import { InboxWriter } from './inbox-writer.ts';
import { isNestedDeeperThan, MAX_NESTING } from './nesting.ts';
import type { Receipt } from './receipt.ts';
import { type Read, refused } from './refusal.ts';

/** How an item of one kind of body becomes an event. */
export type ReadItem = (item: unknown, receipt: Receipt) => Read<HermesEvent>;

@Injectable()
export class IntakeService {
  private readonly writer: InboxWriter;
  private readonly catalogue: CatalogueCopy;
  private readonly erasures: ErasureCopies;
  private readonly items;
  private readonly durations;

  constructor(
    @Inject(SERVICE_RUNTIME) runtime: ServiceRuntime<IngestConfig>,
    @Inject(InboxWriter) writer: InboxWriter,
    @Inject(CatalogueCopy) catalogue: CatalogueCopy,
    @Inject(ErasureCopies) erasures: ErasureCopies,
  ) {
    this.writer = writer;
    this.catalogue = catalogue;
    this.erasures = erasures;
    this.items = runtime.metrics.counter('ingest_items_total', 'Items of requests by outcome at the door', [
      'project',
      'outcome',
    ]);
    this.durations = runtime.metrics.histogram('ingest_request_ms', 'From a request read to its answer', []);
  }

  /**
   * Takes the items of one request: reads and checks each, writes what is right to the inbox and what is not to the dead
   * letters, and answers once Kafka has acknowledged all of it.
   *
   * @throws ProblemError 429 `too-busy`, 503 `unavailable`
   */
  async take(project: ProjectRecord, items: readonly unknown[], read: ReadItem): Promise<IngestAnswer> {
    const startedMs = performance.now();
    const receipt: Receipt = { project: project.id, receivedAt: new Date().toISOString() };
    const types = await this.catalogue.inForce(project.id);
    const erased = this.erasures.of(project.id);
    const messages: KafkaMessage[] = [];
    const errors: ItemError[] = [];
    items.forEach((item, index) => {
      const event = read(item, receipt);
      const record = event.kind === 'ok' ? recordOf(event.value, types, project.partitions) : event;
      if (record.kind === 'ok') {
        messages.push(record.value);
        return;
      }
      errors.push({ index, id: idOf(item), ...record.refusal });
      const about = aboutOf(item, event.kind === 'ok' ? event.value : undefined, receipt);
      // A dead letter would keep what was erased.
      if (about.subject !== null && erased.covers(about.subject, about.timeMs)) return;
      messages.push(refusedRecord(item, about.subject, record.refusal, receipt));
    });
    const positions = await this.writer.write(messages);
    const accepted = items.length - errors.length;
    this.items.inc({ project: project.id, outcome: 'accepted' }, accepted);
    this.items.inc({ project: project.id, outcome: 'refused' }, errors.length);
    this.durations.observe(performance.now() - startedMs);
    return { accepted, rejected: errors.length, errors, positions: inboxEnds(positions, inboxTopic(project.id)) };
  }
}

function recordOf(event: HermesEvent, types: EventTypeSet, partitions: number): Read<KafkaMessage> {
  if (isPlatformType(event.type)) {
    return refused(
      'reserved-type',
      '/type',
      `Types that begin with '${PLATFORM_TYPE_PREFIX}' are the platform's own; call yours something else.`,
    );
  }
  if (event.source.startsWith(RULE_SOURCE_PREFIX)) {
    return refused(
      'reserved-source',
      '/source',
      `Sources that begin with '${RULE_SOURCE_PREFIX}' are those of rules; send it, also again, with a source of your own.`,
    );
  }
  // Before the rest, which goes down into it.
  if (isNestedDeeperThan(MAX_NESTING, event.data)) {
    return refused(
      'nested-too-deep',
      '/data',
      `'data' is nested deeper than ${MAX_NESTING} levels; send it flatter, or the deep part as a text.`,
    );
  }
  const refusal = types.check(event.type, event.data);
  if (refusal !== undefined) return { kind: 'refused', refusal };
  return acceptedRecord(event, partitions);
}

/** An item's own id, when it has one to recognize it by. */
function idOf(item: unknown): string | null {
  if (typeof item !== 'object' || item === null) return null;
  if ('id' in item && typeof item.id === 'string') return item.id;
  return 'messageId' in item && typeof item.messageId === 'string' ? item.messageId : null;
}

/** Partition -> offset after the last of the records in it. */
function inboxEnds(positions: readonly ProducedAt[], inbox: string): Record<string, number> {
  const ends: Record<string, number> = {};
  for (const { topic, partition, offset } of positions) {
    if (topic === inbox) ends[partition] = Math.max(ends[partition] ?? 0, offset + 1);
  }
  return ends;
}

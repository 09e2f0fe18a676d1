import { type KafkaDriver, KafkaError, type KafkaProducer } from '@hermes/connectors/kafka/driver';
import { ATTRIBUTES_SET_TYPE, type AttributesSet } from '@hermes/contracts/attributes';
import type { AttributesAccepted, AttributesWrite } from '@hermes/contracts/attributes-api';
import type { HermesEvent } from '@hermes/contracts/event';
import { inboxRecord, MAX_EVENT_BYTES } from '@hermes/contracts/inbox-record';
import type { FeatureSet } from '@hermes/profiles/features/feature-set';
import { type CallerIdentity, nameOfCaller } from '@hermes/service-kit/access';
import { andMore, ProblemError, unavailable } from '@hermes/service-kit/problem';
import { allowedFor } from '../profiles/read-access.ts';
import { type AttributeFault, attributeFaults } from './check-attributes.ts';
import { writeId } from './write-id.ts';

/** `source` of the events that direct writes become. */
export const ATTRIBUTES_SOURCE = '/profiles';
/** A caller waits no longer for Kafka. */
const DELIVERY_MS = 5_000;

const STATUS: Readonly<Record<AttributeFault['code'], number>> = {
  'feature-forbidden': 403,
  'unknown-feature': 404,
  'not-writable': 400,
  'invalid-value': 400,
};

/** Direct writes of attributes: checked against the live features, all or nothing, kept as one event. */
export class AttributesService {
  private readonly kafka: KafkaDriver;
  private readonly features: (project: string) => FeatureSet | undefined;
  private producer: Promise<KafkaProducer> | undefined;

  /** @param features - the project's newest published features; undefined before they were read */
  constructor(kafka: KafkaDriver, features: (project: string) => FeatureSet | undefined) {
    this.kafka = kafka;
    this.features = features;
  }

  /**
   * Resolves when Kafka has acknowledged the write. The profile shows it once ingest and the processor have taken the event, a moment later.
   *
   * @throws ProblemError 400 `invalid-value`, `not-writable`, `too-large`; 403 `feature-forbidden`; 404 `unknown-feature`; 503
   */
  async write(
    project: string,
    subject: string,
    { attributes }: AttributesWrite,
    caller: CallerIdentity,
    idempotencyKey: string | undefined,
  ): Promise<AttributesAccepted> {
    const set = this.features(project);
    if (set === undefined) throw unavailable("The project's features", new Error('they have not been read yet'));
    const allowed = allowedFor(caller);
    const faults = attributeFaults(set, attributes, allowed === undefined ? undefined : new Set(allowed));
    if (faults.length > 0) throw refusal(faults);
    const by = nameOfCaller(caller);
    const acceptedAt = new Date().toISOString();
    const event: HermesEvent = {
      specversion: '1.0',
      id: writeId(by, subject, idempotencyKey),
      source: ATTRIBUTES_SOURCE,
      type: ATTRIBUTES_SET_TYPE,
      subject,
      time: acceptedAt,
      project,
      receivedat: acceptedAt,
      data: { attributes, by } satisfies AttributesSet,
    };
    const record = inboxRecord(event);
    if (Buffer.byteLength(record.value) > MAX_EVENT_BYTES) throw tooLarge();
    await this.send(record);
    return { id: event.id, acceptedAt };
  }

  async close(): Promise<void> {
    await (await this.producer?.catch(() => undefined))?.close();
  }

  private async send(record: ReturnType<typeof inboxRecord>): Promise<void> {
    try {
      this.producer ??= this.kafka.producer({ deliveryTimeoutMs: DELIVERY_MS });
      await (await this.producer.catch((error: unknown) => this.forgetProducer(error))).send([record]);
    } catch (error) {
      // A topic that is missing is being made: the project is a second old.
      if (error instanceof KafkaError && (error.retriable || error.code === 'unknown-topic')) {
        throw unavailable('Kafka', error);
      }
      throw error;
    }
  }

  private forgetProducer(error: unknown): never {
    this.producer = undefined;
    throw error;
  }
}

function refusal(faults: readonly AttributeFault[]): ProblemError {
  const [first] = faults;
  const { code, message, didYouMean } = first!;
  return new ProblemError({
    status: STATUS[code],
    code,
    title: 'The attributes were not written',
    detail: `Correct ${first!.pointer}: ${message}${andMore(faults)}. Nothing was written.`,
    extra: {
      errors: faults,
      ...(code === 'unknown-feature' ? { didYouMean: didYouMean === undefined ? [] : [didYouMean] } : {}),
    },
  });
}

const tooLarge = (): ProblemError =>
  new ProblemError({
    status: 400,
    code: 'too-large',
    title: 'The write is too large',
    detail: `A write becomes one event of at most ${MAX_EVENT_BYTES / 1_024} KB; write fewer attributes at once.`,
  });

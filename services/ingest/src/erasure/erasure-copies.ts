import type { KafkaDriver } from '@hermes/connectors/kafka/driver';
import { type ErasedSubjects, type ErasureCopy, followErasures, NOBODY_ERASED } from '@hermes/service-kit/erasure-copy';
import type { ServiceRuntime } from '@hermes/service-kit/runtime';

/** This process's copy of every project's erasures, for the door, the processors and the landings. */
export class ErasureCopies {
  private readonly kafka: KafkaDriver;
  private readonly logger: ServiceRuntime['logger'];
  private readonly copies = new Map<string, ErasureCopy>();

  constructor(kafka: KafkaDriver, logger: ServiceRuntime['logger']) {
    this.kafka = kafka;
    this.logger = logger;
  }

  /** Reads the erasures of a project, whose topics exist, to their end, and follows them; a repeat changes nothing. */
  async follow(project: string): Promise<ErasureCopy> {
    const known = this.copies.get(project);
    if (known !== undefined) return known;
    const copy = await followErasures(this.kafka, project, this.logger);
    this.copies.set(project, copy);
    return copy;
  }

  /** Of a project that has not been taken up nobody is known to be erased. */
  of(project: string): ErasedSubjects {
    return this.copies.get(project) ?? NOBODY_ERASED;
  }

  async forget(project: string): Promise<void> {
    const copy = this.copies.get(project);
    this.copies.delete(project);
    await copy?.close();
  }
}

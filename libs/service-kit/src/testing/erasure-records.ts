import type { Follower, KafkaDriver } from '@hermes/connectors/kafka/driver';
import { type Erasure, ErasureReport } from '@hermes/contracts/erasure';
import { subjectHash } from '@hermes/contracts/subject-hash';
import { erasureReportsTopic, erasuresTopic } from '@hermes/contracts/topics';
import { uniqueName } from './test-project.ts';

/** Writes a record of `<project>.erasures`; what is not given is made. Answers the erasure. */
export async function requestErasure(
  kafka: KafkaDriver,
  project: string,
  subject: string,
  given: Partial<Erasure> = {},
): Promise<Erasure> {
  const erasure: Erasure = {
    id: uniqueName('er'),
    project,
    subject,
    subjectHash: subjectHash(subject),
    erasedAt: new Date().toISOString(),
    requestedBy: 'owner@example.org',
    ...given,
  };
  const producer = await kafka.producer();
  await producer.send([
    { topic: erasuresTopic(project), partition: 0, key: erasure.subjectHash, value: JSON.stringify(erasure) },
  ]);
  await producer.close();
  return erasure;
}

/** What stores have reported of a project's erasures. */
export async function followReports(
  kafka: KafkaDriver,
  project: string,
): Promise<{ readonly reports: readonly ErasureReport[]; close: Follower['close'] }> {
  const reports: ErasureReport[] = [];
  const follower = await kafka.follow({
    topic: erasureReportsTopic(project),
    onRecord: (record) => void reports.push(ErasureReport.parse(JSON.parse(record.value?.toString() ?? ''))),
  });
  return { reports, close: () => follower.close() };
}

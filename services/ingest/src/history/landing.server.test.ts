import { openClickHouse } from '@hermes/connectors/clickhouse/client';
import { openKafka } from '@hermes/connectors/kafka/open-kafka';
import { projectTopics } from '@hermes/contracts/topics';
import { BreakableProxy } from '@hermes/service-kit/testing/breakable-proxy';
import { eventRecord, sampleEvent } from '@hermes/service-kit/testing/sample-event';
import { eventually, serverUrl } from '@hermes/service-kit/testing/service-process';
import { uniqueName } from '@hermes/service-kit/testing/test-project';
import { expect, test } from 'vitest';
import { makeTables } from './history-tables.ts';
import { landHistory } from './landing.ts';

test('what was read before an erasure and waits for its insert does not land', async () => {
  const kafka = openKafka({ brokers: serverUrl('KAFKA_BROKERS').split(','), clientId: 'landing-test' });
  const proxy = await BreakableProxy.open(serverUrl('CLICKHOUSE_URL'));
  const [direct, proxied] = [serverUrl('CLICKHOUSE_URL'), proxy.url].map((url) => openClickHouse(url));
  // On no `hermes.control`: no service takes it up.
  const project = uniqueName();
  const topics = projectTopics(project, 1);
  const admin = await kafka.admin();
  await admin.ensureTopics(topics);
  await makeTables({ clickhouse: direct!, keepDays: 90, signal: new AbortController().signal });
  const told: string[] = [];
  let erased = new Set<string>();
  const landing = await landHistory(
    project,
    { covers: (subject) => erased.has(subject) },
    {
      kafka,
      clickhouse: proxied!,
      tables: { made: true },
      metrics: { component: () => ({ fault: () => undefined, close: () => undefined }) as never },
      logger: { info: () => undefined, warn: () => undefined, error: (_, text) => void told.push(String(text)) },
      sessionTimeoutMs: 6_000,
      observer: {},
    },
  );
  try {
    proxy.break();
    const producer = await kafka.producer();
    const subjects = ['broker:b-1', 'broker:b-2', 'broker:b-1'];
    await producer.send(subjects.map((subject, i) => eventRecord(sampleEvent(project, { id: `e-${i}`, subject }))));
    await eventually('the landing tries in vain', () => (told.length > 0 ? true : undefined));
    erased = new Set(['broker:b-1']);
    proxy.mend();
    await eventually('all is landed', () => (landing.lag() === 0 ? true : undefined));
    const answer = await direct!.query({
      query: 'SELECT id FROM ingest.event_log FINAL WHERE project = {project:String}',
      query_params: { project },
      format: 'JSONEachRow',
    });
    expect(await answer.json()).toEqual([{ id: 'e-1' }]);
  } finally {
    await landing.close();
    await admin.deleteTopics(topics.map(({ name }) => name));
    await direct!.command({
      query: 'DELETE FROM ingest.event_log WHERE project = {project:String}',
      query_params: { project },
    });
    await Promise.all([direct!.close(), proxied!.close(), proxy.close(), kafka.close()]);
  }
});

/** The processing thread: the processors of all projects, on an event loop of their own, so that reads never wait behind a step. */
import { parentPort, workerData } from 'node:worker_threads';
import { openKafka } from '@hermes/connectors/kafka/open-kafka';
import { openRedisOrCluster } from '@hermes/connectors/redis/client';
import { ProjectWorkers } from '@hermes/service-kit/project-workers';
import pino from 'pino';
import { HistoryClient } from '@hermes/service-kit/history/history-client';
import { historyForFills } from '@hermes/feature-counting/history-for-fills';
import { startProject } from './processing/project-processing.ts';
import type { FromThread, PartitionTold, ThreadSetting, ToThread } from './processing/thread-messages.ts';
import { ReportBook } from './processing/thread-report.ts';
import { yieldToReads } from './processing/thread-priority.ts';
import { SharedWriter } from './memory/shared-writer.ts';

const REPORT_EVERY_MS = 100;
/** So many records that wait are a backlog, and no gust: more than comes within seconds. */
const BACKLOG_RECORDS = 20_000;

if (parentPort === null) throw new Error('this is started by main.ts');
const port = parentPort;
const { config, shared } = workerData as ThreadSetting;
const logger = pino({ name: 'profile-store-processing', level: config.HERMES_LOG_LEVEL });
const tell = (message: FromThread): void => port.postMessage(message);

const kafka = openKafka({
  brokers: config.KAFKA_BROKERS.split(','),
  clientId: 'hermes-profile-store',
  driver: config.KAFKA_DRIVER,
});
const redis = await openRedisOrCluster(config.REDIS_URL, { connectionName: 'hermes-profile-fills' });
const history = new HistoryClient({
  service: 'profile-store',
  ingestUrl: config.INGEST_URL,
  serviceSecret: config.HERMES_SERVICE_SECRET,
});
const mirror = shared && new SharedWriter(shared);
const closing = new AbortController();
const book = new ReportBook();
const projects = new ProjectWorkers({ logger }, (project) =>
  startProject(
    {
      kafka,
      redisUrl: config.REDIS_URL,
      redis,
      mirror,
      sessionTimeoutMs: config.KAFKA_SESSION_TIMEOUT_MS,
      logger,
      history: (id) => historyForFills(history, id, closing.signal),
      observer: (id, job) => {
        const told = (what: PartitionTold): void => tell({ kind: 'partition', project: id, job, told: what });
        return {
          ...book.processor,
          onClaimed: ({ partition }) => told({ kind: 'claimed', partition }),
          onReleased: ({ partition }) => told({ kind: 'released', partition }),
          onStopped: (info) => told({ kind: 'stopped', ...info }),
        };
      },
      counting: (id) => book.counting(id),
      onFillTrouble: (id, slot, reason) => tell({ kind: 'fill-trouble', project: id, slot, reason }),
    },
    project,
  ),
);

const lag = (): number => projects.running().reduce((sum, project) => sum + project.lag(), 0);
const endYielding = yieldToReads(() => lag() > BACKLOG_RECORDS);

const report = (): void => {
  const partitions = projects.running().reduce((sum, project) => sum + project.partitions(), 0);
  tell({ kind: 'report', report: book.take({ lag: lag(), partitions }) });
};
const timer = setInterval(report, REPORT_EVERY_MS);

port.on('message', (message: ToThread) => {
  if (message.kind === 'add') projects.add(message.project);
  else if (message.kind === 'remove') void projects.remove(message.project);
  else void close();
});

async function close(): Promise<void> {
  clearInterval(timer);
  endYielding();
  closing.abort();
  await projects.close();
  redis.disconnect();
  await kafka.close();
  report();
  tell({ kind: 'closed' });
  port.close();
}

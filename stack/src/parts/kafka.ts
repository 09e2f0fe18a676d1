import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { findJava, installedJava } from './java.ts';
import { installFromMaven } from './packages.ts';
import type { Part, PartInstance } from './part.ts';
import { runCommand } from './run-command.ts';

const version = '4.1.1';

/** Kafka as one KRaft node that is broker and controller. */
export const kafka: Part = {
  name: 'kafka',
  variable: 'KAFKA_BROKERS',
  version,
  async install(report) {
    return installFromMaven('kafka', version, '43 MB', report, await findJava(report));
  },
  async prepare(instance, home) {
    mkdirSync(instance.dataDir, { recursive: true });
    writeFileSync(join(instance.dataDir, 'server.properties'), properties(instance));
    writeFileSync(join(instance.dataDir, 'log4j2.properties'), logging);
    if (existsSync(join(logFolder(instance), 'meta.properties'))) return;
    const idFile = join(instance.dataDir, 'cluster.id');
    if (!existsSync(idFile)) writeFileSync(idFile, randomBytes(16).toString('base64url'));
    const clusterId = readFileSync(idFile, 'utf8');
    const format = [
      'kafka.tools.StorageTool',
      'format',
      '--standalone',
      // One argument: an id may begin with '-'.
      `--cluster-id=${clusterId}`,
      '-c',
      join(instance.dataDir, 'server.properties'),
    ];
    const done = await runCommand(installedJava(), [
      '-XX:TieredStopAtLevel=1',
      '-cp',
      `${home}/*`,
      `-Dlog4j2.configurationFile=${join(instance.dataDir, 'log4j2.properties')}`,
      ...format,
    ]);
    if (done.code !== 0) throw new Error(`formatting Kafka's folder: ${done.stderr || done.stdout}`);
  },
  command: (instance, home) => ({
    argv: [
      installedJava(),
      ...[
        '-Xms128m',
        '-Xmx384m',
        '-XX:+UseSerialGC',
        '-XX:TieredStopAtLevel=1',
        '-Xss512k',
        '-XX:MaxMetaspaceSize=128m',
      ],
      ...['-Dfile.encoding=UTF-8', `-Dlog4j2.configurationFile=${join(instance.dataDir, 'log4j2.properties')}`],
      ...['-cp', `${home}/*`, 'kafka.Kafka', join(instance.dataDir, 'server.properties')],
    ],
    cwd: instance.dataDir,
  }),
  answers: (url) => anyBrokerAnswers(url),
  url: ({ port }) => `127.0.0.1:${port}`,
  stop: { signal: 'SIGTERM', graceMs: 15_000 },
  readyWithinMs: 120_000,
};

const logFolder = (instance: PartInstance): string => join(instance.dataDir, 'log');

function properties(instance: PartInstance): string {
  const { port, controllerPort } = instance;
  return `# Written at each start by stack/src/parts/kafka.ts.
process.roles=broker,controller
node.id=1
controller.quorum.bootstrap.servers=127.0.0.1:${controllerPort}
listeners=PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}
advertised.listeners=PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
inter.broker.listener.name=PLAINTEXT
controller.listener.names=CONTROLLER
log.dirs=${logFolder(instance)}
# One node has one copy of everything.
offsets.topic.replication.factor=1
offsets.topic.num.partitions=10
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=10
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
share.coordinator.state.topic.num.partitions=1
# A group forms at once, and a killed member is noticed soon.
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
# A broker that was killed may come back when its last registration has run out: after 2.5 s, not after 9.
broker.heartbeat.interval.ms=500
broker.session.timeout.ms=2500
# Topics are made by code that states partitions and retention.
auto.create.topics.enable=false
# Small machine: few threads, small buffers.
num.network.threads=2
num.io.threads=4
background.threads=2
num.recovery.threads.per.data.dir=2
log.cleaner.dedupe.buffer.size=16777216
log.segment.bytes=134217728
log.retention.check.interval.ms=60000
`;
}

const logging = `# Written at each start by stack/src/parts/kafka.ts.
status=error
appender.out.type=Console
appender.out.name=out
appender.out.layout.type=PatternLayout
appender.out.layout.pattern=%d{ISO8601} %p %c{1} %m%n
rootLogger.level=warn
rootLogger.appenderRef.out.ref=out
logger.server.name=kafka.server.KafkaRaftServer
logger.server.level=info
`;

async function anyBrokerAnswers(brokers: string): Promise<boolean> {
  const answers = await Promise.all(brokers.split(',').map((broker) => apiVersionsAnswered(broker.trim())));
  return answers.includes(true);
}

/** Sends ApiVersions v0, which a broker answers as soon as it takes requests; an open port alone comes earlier. */
function apiVersionsAnswered(broker: string): Promise<boolean> {
  const colon = broker.lastIndexOf(':');
  const request = Buffer.alloc(14);
  request.writeInt32BE(10, 0);
  request.writeInt16BE(18, 4);
  request.writeInt32BE(1, 8);
  request.writeInt16BE(-1, 12);
  return new Promise((resolve) => {
    const socket = connect({ host: broker.slice(0, colon), port: Number(broker.slice(colon + 1)) });
    const done = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(2_000, () => done(false));
    socket.once('error', () => done(false));
    socket.once('close', () => done(false));
    socket.once('connect', () => socket.write(request));
    socket.once('data', (bytes) => done(bytes.length >= 8 && bytes.readInt32BE(4) === 1));
  });
}

import type { KafkaDriver, KafkaMessage, KafkaProducer, NumberedTransactions } from '@hermes/connectors/kafka/driver';
import { adds, RowKind } from '@hermes/stream-sql/engine/operator';
import type { TableColumn } from '@hermes/stream-sql/planner/plan';
import { reachFault } from '../../worker/fault.ts';
import type { Block, CheckpointPlace, Sink } from '../connector.ts';
import { LineBlocks } from '../lines/line-blocks.ts';
import { ensureOwnTopic } from './own-topic.ts';
import { recordLines } from './record-lines.ts';
import { SentAsTheyCome, type Unsent } from './sent-as-they-come.ts';

export interface KafkaSinkSettings {
  readonly project: string;
  /** The columns that are written, in the order of the rows. */
  readonly columns: readonly TableColumn[];
  /** Of the table, defaults filled in. */
  readonly options: Readonly<Record<string, string | undefined>>;
  /** Names of the columns by which rows replace each other (`upsert-kafka`); null: every row is a record of its own. */
  readonly upsertKey: readonly string[] | null;
  /** `exactly-once`: a checkpoint's records are one transaction. `at-least-once`: records leave as they come. */
  readonly delivery: 'exactly-once' | 'at-least-once';
}

/** Writes records to a topic of the project, which is made when it is missing; of an `upsert-kafka` table it is compacted. */
export function kafkaSink(kafka: KafkaDriver, settings: KafkaSinkSettings): Sink {
  const topic = settings.options['topic'] ?? '';
  const isUpsert = settings.upsertKey !== null;
  const takesBack = isUpsert || settings.options['format'] === 'debezium-json';
  const { line, records } = recordLines(settings.columns, settings.options, settings.upsertKey);
  const lines = new LineBlocks(line);
  const spread = settings.options['sink.partitioner'] === 'round-robin';
  let next = 0;
  let partitions: number | undefined;
  const countPartitions = async (): Promise<void> => {
    partitions ??= await ensureOwnTopic(kafka, settings.project, topic, isUpsert ? 'compact' : 'delete');
  };
  const messagesOf = (blocks: readonly Block[]): KafkaMessage[] => {
    const count = partitions ?? 1;
    const messages = blocks.flatMap(({ bytes }) => records(bytes, topic));
    return spread ? messages.map((message) => ({ ...message, partition: next++ % count })) : messages;
  };
  const sender =
    settings.delivery === 'exactly-once'
      ? transactions(kafka, topic)
      : asTheyCome(kafka, countPartitions, () => {
          const { bytes } = lines.waiting;
          return { messages: messagesOf(lines.cut()), bytes };
        });
  return {
    write(kind, row) {
      // A row that replaces another of its key says what it is now.
      if (isUpsert && kind === RowKind.updateBefore) return;
      if (!takesBack && !adds(kind))
        throw new Error('this table takes rows and takes none back: the planner sees to it');
      lines.add(row, kind);
    },
    get waiting() {
      const { rows, bytes } = lines.waiting;
      const sent = sender.direct?.waiting;
      return sent === undefined ? { rows, bytes } : { rows: rows + sent.rows, bytes: bytes + sent.bytes };
    },
    cut: () => (sender.direct === undefined ? lines.cut() : []),
    async deliver(place, blocks) {
      await countPartitions();
      await sender.deliver(place, messagesOf(blocks));
    },
    ...(sender.direct === undefined ? {} : { direct: sender.direct }),
    close: () => sender.close(),
  };
}

interface Sender extends Pick<Sink, 'close'> {
  readonly direct?: SentAsTheyCome;
  deliver(place: CheckpointPlace, messages: readonly KafkaMessage[]): Promise<void>;
}

/**
 * A checkpoint's records in one transaction that carries the checkpoint's number: what is delivered again finds it and sends nothing.
 * Every attempt after a failure, and every new process, begins by fencing whoever wrote before under the run's name.
 */
function transactions(kafka: KafkaDriver, topic: string): Sender {
  let opened: NumberedTransactions | undefined;
  return {
    async deliver({ run, sink, checkpoint }, messages) {
      const name = `hermes.sql.${run}.${sink}`;
      opened ??= await kafka.numberedTransactions({
        transactionalId: name,
        numberedIn: { groupId: name, topic },
      });
      await opened.write(checkpoint, messages);
      reachFault('records-committed');
    },
    async close() {
      await opened?.close();
    },
  };
}

/** Records leave with the turn of the event loop in which they came. */
function asTheyCome(kafka: KafkaDriver, countPartitions: () => Promise<void>, cut: () => Unsent): Sender {
  let producer: Promise<KafkaProducer> | undefined;
  const opened = (): Promise<KafkaProducer> => (producer ??= kafka.producer());
  return {
    // A checkpoint of this run that was made when the table was written in transactions.
    async deliver(_, messages) {
      await (await opened()).send(messages);
    },
    direct: new SentAsTheyCome(async () => {
      await countPartitions();
      return opened();
    }, cut),
    async close() {
      await (await producer)?.close();
    },
  };
}

import type { KafkaRecord } from '@hermes/connectors/kafka/driver';
import { partitionOf } from '@hermes/contracts/partitioning';
import { readEvent } from '@hermes/contracts/read-event';
import { boundedData } from '@hermes/profiles/bounded-data';
import { decodeProfileState, encodeProfileState } from '@hermes/profiles/profile-codec';
import { applyEvent, newProfileState, type ProfileState } from '@hermes/profiles/profile-state';
import type { PartitionLogic, StateCodec, StepContext } from '@hermes/stream-runtime/logic';

/** The job's name in state keys; readers find a profile by it. */
export const PROFILE_JOB = 'profile-store';

export const profileStateCodec: StateCodec<ProfileState> = { encode: encodeProfileState, decode: decodeProfileState };

/** One event in, its subject's profile changed. The state key is the subject. Pure. */
export const profileLogic: PartitionLogic<ProfileState> = {
  // Ingest writes the subject as the record's key; a record without one is refused below and touches nothing.
  keysOf: (record) => (record.key === null ? [] : [record.key.toString()]),
  onRecord(record: KafkaRecord, context: StepContext<ProfileState, void>): void {
    const read = readEvent(record.value);
    if (read.kind === 'dead') return context.deadLetter({ code: read.code, reason: read.reason });
    const { event } = read;
    if (record.key?.toString() !== event.subject) {
      return context.deadLetter({
        code: 'wrong-key',
        reason: `the record's key is not the event's subject "${event.subject}"`,
      });
    }
    const home = partitionOf(event.subject, context.partitions);
    if (home !== context.partition) {
      return context.deadLetter({
        code: 'wrong-partition',
        reason: `subject "${event.subject}" belongs to partition ${home}; write with murmur2 of the subject`,
      });
    }
    if (event.project !== context.project) {
      return context.deadLetter({
        code: 'wrong-project',
        reason: `an event of project "${event.project}" in a topic of "${context.project}"`,
      });
    }
    const state = context.get(event.subject) ?? newProfileState();
    applyEvent(state, {
      type: event.type,
      timeMs: Date.parse(event.time),
      receivedAtMs: Date.parse(event.receivedat),
      arrival: record.offset,
      data: boundedData(event.data),
    });
    context.set(event.subject, state);
  },
};

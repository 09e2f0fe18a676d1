/** The child process that reads decisions as an application does, and says how old their events were. */
import { openKafka } from '@hermes/connectors/kafka/open-kafka';
import { decisionsTopic } from '@hermes/contracts/topics';
import { runAsChild } from '../child.ts';
import { PROJECT } from '../service/deals.ts';

export interface ClockSetting {
  readonly brokers: string;
  readonly warmUpMs: number;
}

export interface ClockResult {
  /** From an event's receipt to its decision in this process's hands, after the warm-up. */
  readonly latencyMs: readonly number[];
}

runAsChild<ClockSetting, ClockResult>(async ({ brokers, warmUpMs }, { stopped, mark }) => {
  const kafka = openKafka({ brokers: brokers.split(','), clientId: 'bench-decisions' });
  const latencyMs: number[] = [];
  let isMeasured = false;
  const follower = await kafka.follow({
    topic: decisionsTopic(PROJECT),
    from: 'latest',
    maxWaitMs: 1_000,
    onRecord: ({ value }) => {
      if (!isMeasured || value === null) return;
      const { receivedAt } = JSON.parse(value.toString()) as { readonly receivedAt: string };
      latencyMs.push(Date.now() - Date.parse(receivedAt));
    },
  });
  await follower.caughtUp;
  await new Promise((resolve) => setTimeout(resolve, warmUpMs));
  isMeasured = true;
  mark('measuring');
  await new Promise<void>((resolve) => stopped.addEventListener('abort', () => resolve(), { once: true }));
  await follower.close();
  await kafka.close();
  return { latencyMs };
});

import type { Address } from '../platformatic/links.ts';
import type { Joined, JoinRequest, WireMember, WireOffset } from '../wire.ts';
import { answerOf, type Brokers } from './brokers.ts';
import type { KafkajsBroker } from './internals.ts';

export class KafkajsMember implements WireMember {
  readonly #groupId: string;
  readonly #brokers: Brokers;
  readonly #findCoordinator: () => Promise<Address>;
  #coordinator: Promise<Address> | undefined;

  constructor(groupId: string, brokers: Brokers, findCoordinator: () => Promise<Address>) {
    this.#groupId = groupId;
    this.#brokers = brokers;
    this.#findCoordinator = findCoordinator;
  }

  async join(request: JoinRequest): Promise<Joined> {
    const broker = await this.#broker();
    const answer = await answerOf(
      broker.joinGroup({
        groupId: this.#groupId,
        sessionTimeout: request.sessionTimeoutMs,
        rebalanceTimeout: request.rebalanceTimeoutMs,
        memberId: request.memberId,
        groupProtocols: [{ name: request.protocol, metadata: request.subscription }],
      }),
    );
    return {
      generation: answer.generationId,
      memberId: answer.memberId,
      leaderId: answer.leaderId,
      members: answer.members.map((member) => ({ memberId: member.memberId, subscription: member.memberMetadata })),
    };
  }

  async sync(generation: number, memberId: string, assignments: ReadonlyMap<string, Buffer>): Promise<Buffer> {
    const groupAssignment = [...assignments].map(([id, memberAssignment]) => ({ memberId: id, memberAssignment }));
    const broker = await this.#broker();
    const request = broker.syncGroup({ groupId: this.#groupId, generationId: generation, memberId, groupAssignment });
    return (await answerOf(request)).memberAssignment;
  }

  async heartbeat(generation: number, memberId: string): Promise<void> {
    const broker = await this.#broker();
    await answerOf(broker.heartbeat({ groupId: this.#groupId, groupGenerationId: generation, memberId }));
  }

  async leave(memberId: string): Promise<void> {
    const broker = await this.#broker();
    await answerOf(broker.leaveGroup({ groupId: this.#groupId, memberId }));
  }

  async commit(generation: number, memberId: string, offsets: readonly WireOffset[]): Promise<void> {
    const topics = [...Map.groupBy(offsets, ({ topic }) => topic)].map(([topic, ofTopic]) => ({
      topic,
      partitions: ofTopic.map(({ partition, offset }) => ({ partition, offset: String(offset) })),
    }));
    const broker = await this.#broker();
    await answerOf(broker.offsetCommit({ groupId: this.#groupId, groupGenerationId: generation, memberId, topics }));
  }

  forgetCoordinator(): void {
    this.#coordinator = undefined;
  }

  close(): Promise<void> {
    return this.#brokers.close();
  }

  async #broker(): Promise<KafkajsBroker> {
    const asked = (this.#coordinator ??= this.#findCoordinator());
    try {
      return await this.#brokers.to(await asked);
    } catch (error) {
      this.#coordinator = undefined;
      throw error;
    }
  }
}

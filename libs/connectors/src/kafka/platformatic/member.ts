import {
  type Connection,
  heartbeatV4,
  joinGroupV9,
  leaveGroupV5,
  offsetCommitV8,
  syncGroupV5,
} from '@platformatic/kafka';
import { type Joined, type JoinRequest, WireError, type WireMember, type WireOffset } from '../wire.ts';
import { type Address, answerOf, type Links } from './links.ts';
import { errorName } from './wire.ts';

const NOT_STATIC = null;
const NO_EPOCH = -1;

export class PlatformaticMember implements WireMember {
  readonly #groupId: string;
  readonly #links: Links;
  readonly #findCoordinator: () => Promise<Address>;
  #coordinator: Promise<Address> | undefined;
  #protocol = '';

  constructor(groupId: string, links: Links, findCoordinator: () => Promise<Address>) {
    this.#groupId = groupId;
    this.#links = links;
    this.#findCoordinator = findCoordinator;
  }

  async join(request: JoinRequest): Promise<Joined> {
    this.#protocol = request.protocol;
    const protocols = [{ name: request.protocol, metadata: request.subscription }];
    const { sessionTimeoutMs, rebalanceTimeoutMs, memberId } = request;
    const answer = await answerOf(
      joinGroupV9.api.async(
        await this.#link(),
        this.#groupId,
        sessionTimeoutMs,
        rebalanceTimeoutMs,
        memberId,
        NOT_STATIC,
        'consumer',
        protocols,
      ),
    );
    return {
      generation: answer.generationId,
      memberId: answer.memberId,
      leaderId: answer.leader,
      members: answer.members.map((member) => ({ memberId: member.memberId, subscription: member.metadata })),
    };
  }

  async sync(generation: number, memberId: string, assignments: ReadonlyMap<string, Buffer>): Promise<Buffer> {
    const shares = [...assignments].map(([id, assignment]) => ({ memberId: id, assignment }));
    const answer = await answerOf(
      syncGroupV5.api.async(
        await this.#link(),
        this.#groupId,
        generation,
        memberId,
        NOT_STATIC,
        'consumer',
        this.#protocol,
        shares,
      ),
    );
    return answer.assignment;
  }

  async heartbeat(generation: number, memberId: string): Promise<void> {
    await answerOf(heartbeatV4.api.async(await this.#link(), this.#groupId, generation, memberId, NOT_STATIC));
  }

  async leave(memberId: string): Promise<void> {
    await answerOf(leaveGroupV5.api.async(await this.#link(), this.#groupId, [{ memberId }]));
  }

  async commit(generation: number, memberId: string, offsets: readonly WireOffset[]): Promise<void> {
    const topics = [...Map.groupBy(offsets, ({ topic }) => topic)].map(([name, ofTopic]) => ({
      name,
      partitions: ofTopic.map(({ partition, offset }) => ({
        partitionIndex: partition,
        committedOffset: BigInt(offset),
        committedLeaderEpoch: NO_EPOCH,
      })),
    }));
    const answer = await answerOf(
      offsetCommitV8.api.async(await this.#link(), this.#groupId, generation, memberId, NOT_STATIC, topics),
    );
    for (const { partitions } of answer.topics) {
      const refused = partitions.find((partition) => partition.errorCode !== 0);
      if (refused !== undefined)
        throw new WireError(errorName(refused.errorCode), `Offsets of ${this.#groupId} were not committed`);
    }
  }

  forgetCoordinator(): void {
    this.#coordinator = undefined;
  }

  close(): Promise<void> {
    return this.#links.close();
  }

  async #link(): Promise<Connection> {
    const asked = (this.#coordinator ??= this.#findCoordinator());
    try {
      return await this.#links.to(await asked);
    } catch (error) {
      this.#coordinator = undefined;
      throw error;
    }
  }
}

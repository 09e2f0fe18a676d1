import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@hermes/service-kit/free-port';
import { newPasswords } from '@hermes/stack/parts/instance';
import { valkey } from '@hermes/stack/parts/valkey';
import { spawnGuarded } from '@hermes/stack/process/guarded-spawn';
import { eventually } from '@hermes/stream-runtime/testing/servers';
import { Redis } from 'ioredis';

const SLOTS = 16_384;
const KEYS_PER_MOVE = 3;

/** A real cluster of Valkey masters on this machine, for one test file; close it at the end. */
export class ValkeyCluster {
  readonly ports: readonly number[];
  readonly #dataDir: string;
  readonly #nodes: readonly ReturnType<typeof spawnGuarded>[];

  private constructor(dataDir: string, ports: readonly number[], nodes: readonly ReturnType<typeof spawnGuarded>[]) {
    this.#dataDir = dataDir;
    this.ports = ports;
    this.#nodes = nodes;
  }

  static async start(masters = 3): Promise<ValkeyCluster> {
    const dataDir = await mkdtemp(join(tmpdir(), 'hermes-cluster-'));
    const home = await valkey.install(() => undefined);
    const ports: number[] = [];
    const nodes: ReturnType<typeof spawnGuarded>[] = [];
    for (let i = 0; i < masters; i++) {
      const instance = {
        dataDir: join(dataDir, String(i)),
        port: await freePort(),
        controllerPort: 0,
        passwords: newPasswords(),
      };
      await valkey.prepare(instance, home);
      const [program, ...flags] = valkey.command(instance, home).argv;
      const clustered = ['--cluster-enabled', 'yes', '--cluster-port', String(await freePort()), '--databases', '1'];
      const argv: [string, ...string[]] = [program, ...flags, ...clustered];
      const child = spawnGuarded({ ...valkey.command(instance, home), argv }, join(dataDir, `${i}.log`));
      child.unref();
      nodes.push(child);
      ports.push(instance.port);
      await eventually('a node answers', async () => ((await valkey.answers(valkey.url(instance))) ? true : undefined));
    }
    const cluster = new ValkeyCluster(dataDir, ports, nodes);
    await cluster.#join();
    return cluster;
  }

  /** The address of one node: clients find the others. */
  get url(): string {
    return `redis://127.0.0.1:${this.ports[0]}`;
  }

  async ask<T>(node: number, work: (redis: Redis) => Promise<T>): Promise<T> {
    const redis = new Redis(this.ports[node]!, '127.0.0.1');
    redis.on('error', () => undefined);
    try {
      return await work(redis);
    } finally {
      redis.disconnect();
    }
  }

  slotOf(key: string): Promise<number> {
    return this.ask(0, async (redis) => Number(await redis.call('CLUSTER', 'KEYSLOT', key)));
  }

  /** Index of the node that owns a slot, as the node itself says. */
  async ownerOf(slot: number): Promise<number> {
    for (const node of this.ports.keys()) {
      const owns = await this.ask(node, async (redis) => {
        const myself = String(await redis.call('CLUSTER', 'NODES'))
          .split('\n')
          .find((line) => line.includes('myself'))!;
        return myself
          .split(' ')
          .slice(8)
          .filter((range) => !range.startsWith('['))
          .some((range) => {
            const [first, last = first] = range.split('-').map(Number);
            return slot >= first! && slot <= last!;
          });
      });
      if (owns) return node;
    }
    throw new Error(`no node owns slot ${slot}`);
  }

  /** Moves a slot as always: a few keys at a time, while both nodes point clients at each other. */
  async moveKeyByKey(slot: number, to: number, pauseMs = 5): Promise<void> {
    const from = await this.ownerOf(slot);
    if (from === to) return;
    const ids = await this.#ids();
    await this.ask(to, (redis) => redis.call('CLUSTER', 'SETSLOT', slot, 'IMPORTING', ids[from]!));
    await this.ask(from, async (redis) => {
      await redis.call('CLUSTER', 'SETSLOT', slot, 'MIGRATING', ids[to]!);
      for (;;) {
        const keys = (await redis.call('CLUSTER', 'GETKEYSINSLOT', slot, KEYS_PER_MOVE)) as string[];
        if (keys.length === 0) break;
        await redis.call('MIGRATE', '127.0.0.1', this.ports[to]!, '', 0, 5_000, 'KEYS', ...keys);
        await new Promise((resolve) => setTimeout(resolve, pauseMs));
      }
    });
    for (const node of [to, from, ...this.ports.keys()]) {
      await this.ask(node, (redis) => redis.call('CLUSTER', 'SETSLOT', slot, 'NODE', ids[to]!));
    }
  }

  /** Moves a slot in one go, as Valkey does from 9.0 on. */
  async moveAtOnce(slot: number, to: number): Promise<void> {
    const from = await this.ownerOf(slot);
    if (from === to) return;
    const ids = await this.#ids();
    await this.ask(from, (redis) => redis.call('CLUSTER', 'MIGRATESLOTS', 'SLOTSRANGE', slot, slot, 'NODE', ids[to]!));
    await eventually('the slot has moved', async () => {
      const owner = await this.ownerOf(slot).catch(() => undefined);
      return owner === to ? true : undefined;
    });
  }

  /** As `kill -9` of one node, which does not come back. */
  kill(node: number): void {
    this.#nodes[node]!.kill('SIGKILL');
  }

  async close(): Promise<void> {
    for (const node of this.#nodes) node.kill('SIGKILL');
    await rm(this.#dataDir, { recursive: true, force: true });
  }

  #ids(): Promise<string[]> {
    return Promise.all(
      [...this.ports.keys()].map((node) =>
        this.ask(node, async (redis) => String(await redis.call('CLUSTER', 'MYID'))),
      ),
    );
  }

  async #join(): Promise<void> {
    const { ports } = this;
    const busPorts = await Promise.all(
      [...ports.keys()].map((node) =>
        this.ask(node, async (redis) => Number(/@(\d+)/.exec(String(await redis.call('CLUSTER', 'NODES')))![1])),
      ),
    );
    for (const node of ports.keys()) {
      await this.ask(node, async (redis) => {
        const first = Math.floor((SLOTS * node) / ports.length);
        const last = Math.floor((SLOTS * (node + 1)) / ports.length) - 1;
        await redis.call('CLUSTER', 'ADDSLOTSRANGE', first, last);
        // Each its own epoch from the beginning: nodes that are met with the same one settle it only by and by. A node takes it
        // only while it knows no other, so all have theirs before any two meet.
        await redis.call('CLUSTER', 'SET-CONFIG-EPOCH', node + 1);
      });
    }
    for (const node of ports.keys()) {
      await this.ask(node, async (redis) => {
        for (const [k, other] of ports.entries())
          if (k > node) await redis.call('CLUSTER', 'MEET', '127.0.0.1', other, busPorts[k]!);
      });
    }
    for (const node of ports.keys()) {
      await eventually('the cluster is whole', () =>
        this.ask(node, async (redis) => {
          const info = String(await redis.call('CLUSTER', 'INFO'));
          return info.includes('cluster_state:ok') && info.includes(`cluster_size:${ports.length}`) ? true : undefined;
        }),
      );
    }
  }
}

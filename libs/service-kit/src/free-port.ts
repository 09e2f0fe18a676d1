import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';

/** Below it stand the ports of well-known servers, and those that browsers and `fetch` refuse to call. */
const LOWEST = 20_000;
const HIGHEST = 65_500;
const TRIES = 100;

/**
 * A port of this machine that nothing listens on now, and that no outgoing connection takes before its listener is up: it lies
 * outside the range from which the kernel gives connections their own port. Only where that range leaves nothing it comes from it.
 */
export async function freePort(): Promise<number> {
  const outgoing = outgoingPorts();
  const below = Math.max(0, Math.min(outgoing.lowest, HIGHEST + 1) - LOWEST);
  const above = Math.max(0, HIGHEST - Math.max(outgoing.highest, LOWEST - 1));
  for (let tries = 0; tries < TRIES && below + above > 0; tries++) {
    const pick = Math.floor(Math.random() * (below + above));
    const port = await listenOnce(pick < below ? LOWEST + pick : HIGHEST - (pick - below));
    if (port !== undefined) return port;
  }
  const port = await listenOnce(0);
  if (port === undefined) throw new Error('no port of this machine is free');
  return port;
}

/** Where the kernel takes the ports of outgoing connections from; Linux's default where that cannot be read. */
function outgoingPorts(): { readonly lowest: number; readonly highest: number } {
  try {
    const [lowest, highest] = readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8')
      .trim()
      .split(/\s+/)
      .map(Number);
    if (lowest !== undefined && highest !== undefined) return { lowest, highest };
  } catch {
    // Not Linux, or hidden from this process.
  }
  return { lowest: 32_768, highest: 60_999 };
}

/** The port that was listened on for a moment; undefined when somebody else does. */
function listenOnce(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' ? address?.port : undefined));
    });
  });
}

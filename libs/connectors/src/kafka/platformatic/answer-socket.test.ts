import { createServer, type AddressInfo, type Socket } from 'node:net';
import { Writer } from '@platformatic/kafka';
import { afterEach, describe, expect, test } from 'vitest';
import { AnswerSocket } from './answer-socket.ts';

const open: (() => void)[] = [];
afterEach(() => {
  for (const close of open.splice(0)) close();
});

/** A socket to a peer that does with each connection what `peer` says. */
async function connected(peer: (socket: Socket) => void, requestTimeoutMs = 2_000): Promise<AnswerSocket> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    open.push(() => socket.destroy());
    peer(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(() => server.close());
  const { port } = server.address() as AddressInfo;
  const link = await AnswerSocket.connect(
    { host: '127.0.0.1', port },
    { clientId: 'a client', requestTimeoutMs, take: (length) => Buffer.alloc(length + 7), onBroken: () => undefined },
  );
  open.push(() => link.close());
  return link;
}

function frame(correlationId: number, body: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.writeInt32BE(4 + body.length, 0);
  head.writeInt32BE(correlationId, 4);
  return Buffer.concat([head, body]);
}

const ask = (link: AnswerSocket): Promise<{ readonly bytes: Buffer; readonly length: number }> =>
  link.request(1, 13, Writer.create().appendInt32(7));

describe('a socket that answers stand in', () => {
  test('answers come whole and in order, however the network cuts them', async () => {
    const bodies = [Buffer.alloc(100_000, 'a'), Buffer.from('short'), Buffer.alloc(0)];
    const stream = Buffer.concat(bodies.map((body, i) => frame(i + 1, body)));
    const link = await connected((socket) => {
      let asked = 0;
      socket.on('data', (data) => {
        asked += data.length;
        // Three requests of the same length, each with its length in front.
        if (asked < 3 * (4 + data.readInt32BE(0))) return;
        let at = 0;
        const send = (): void => {
          if (at >= stream.length) return;
          const size = at < 20 ? 1 : 33_333;
          socket.write(stream.subarray(at, (at += size)), () => setImmediate(send));
        };
        send();
      });
    });
    const answers = await Promise.all([ask(link), ask(link), ask(link)]);
    expect(answers.map(({ bytes, length }) => bytes.subarray(4, length))).toEqual(bodies);
  });

  test.for([
    ['ends the connection', (socket: Socket) => socket.end()],
    ['answers what was not asked', (socket: Socket) => socket.write(frame(99, Buffer.from('x')))],
    ['speaks another protocol', (socket: Socket) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n')],
    ['says nothing', () => undefined],
  ] as const)('a peer that %s costs the requests under way, and those after it', async ([, answer]) => {
    const link = await connected((socket) => socket.on('data', () => answer(socket)), 200);
    await expect(ask(link)).rejects.toMatchObject({ code: 'NETWORK' });
    await expect(ask(link)).rejects.toMatchObject({ code: 'NETWORK' });
  });

  test('nobody at the address is an error of the network', async () => {
    await expect(
      AnswerSocket.connect(
        { host: '127.0.0.1', port: 1 },
        { clientId: 'a', requestTimeoutMs: 100, take: (length) => Buffer.alloc(length), onBroken: () => undefined },
      ),
    ).rejects.toMatchObject({ code: 'NETWORK', message: expect.stringContaining('ECONNREFUSED') as string });
  });
});

import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { Brokers } from './brokers.ts';

/** An ApiVersions answer (version 0) that knows only ApiVersions. */
function apiVersions(correlationId: number): Buffer {
  const body = Buffer.alloc(16);
  body.writeInt32BE(correlationId, 0);
  body.writeInt16BE(0, 4);
  body.writeInt32BE(1, 6);
  body.writeInt16BE(18, 10);
  return Buffer.concat([Buffer.from([0, 0, 0, body.length]), body]);
}

test('an answer that broke off with its connection does not spoil the answers of the next one', async () => {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.on('data', (request) => {
      const answer = apiVersions(request.readInt32BE(8));
      if (sockets.length === 1) socket.end(answer.subarray(0, 9));
      else socket.write(answer);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const brokers = new Brokers('test', 2_000);
  onTestFinished(async () => {
    await brokers.close();
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
  await expect(brokers.to(address)).rejects.toMatchObject({ code: 'NETWORK' });
  await expect(brokers.to(address)).resolves.toBeDefined();
  expect(sockets.length).toBe(2);
});

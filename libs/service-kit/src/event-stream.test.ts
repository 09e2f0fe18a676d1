import { createServer, get, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { EventStream, message } from './event-stream.ts';

let server: Server;
let streams: EventStream[];
let closed: number;

beforeEach(async () => {
  streams = [];
  closed = 0;
  server = createServer((_, response) => void streams.push(new EventStream(response, () => (closed += 1))));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const open = (): Promise<IncomingMessage> =>
  new Promise((resolve) => get({ port: (server.address() as AddressInfo).port, host: '127.0.0.1' }, resolve));

test('headers come at once, messages as they are sent, and an end after all of them', async () => {
  const response = await open();
  expect(response.headers['content-type']).toContain('text/event-stream');
  let text = '';
  response.setEncoding('utf8').on('data', (piece: string) => (text += piece));
  const [stream] = streams;
  for (let i = 0; i < 3_000; i++) stream!.send(message('change', `{"i":${i},"x":"${'x'.repeat(200)}"}`, `0-${i}`));
  stream!.comment();
  stream!.end();
  stream!.send(message('late', '{}'));
  await new Promise((resolve) => response.on('end', resolve));
  expect(text.match(/^id: 0-\d+$/gm)).toEqual(Array.from({ length: 3_000 }, (_, i) => `id: 0-${i}`));
  expect(text).not.toContain('late');
  await vi.waitFor(() => expect(closed).toBe(1));
});

test('a client that does not read is sent away, and nobody keeps more for it than a ring holds', async () => {
  const response = await open();
  response.on('error', () => undefined);
  const text = message('change', 'x'.repeat(1_000), '0-1');
  let sent = 0;
  for (; closed === 0 && sent < 40_000; sent++) {
    streams[0]!.send(text);
    if (sent % 500 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  expect(closed).toBe(1);
  expect(sent).toBeGreaterThan(10_000);
  streams[0]!.send(text);
});

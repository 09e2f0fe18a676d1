import type { ServerResponse } from 'node:http';

/** What waits in the connection at most before more is held back. */
const FILLED_AT_BYTES = 65_536;
/** What is held back at most; who is slower than this is too slow, and can come back for the rest. A whole ring fits. */
const MAX_WAITING = 12_000;
const MAX_WAITING_CHARACTERS = 40_000_000;

const line = (name: string, value: string): string => `${name}: ${value}\n`;

/** One message of a stream of server-sent events. `data` has no line break. */
export const message = (event: string, data: string, id?: string): string =>
  `${id === undefined ? '' : line('id', id)}${line('event', event)}${line('data', data)}\n`;

/** Server-sent events over one response. A client that does not keep up is sent away: it may come back with its last id. */
export class EventStream {
  private readonly response: ServerResponse;
  private readonly waiting: string[] = [];
  private waitingCharacters = 0;
  private isEnding = false;

  /** Sends the headers at once. @param onClosed told once, whoever ended it */
  constructor(response: ServerResponse, onClosed: () => void) {
    this.response = response;
    response.once('close', onClosed);
    response.on('drain', () => this.flush());
    response.on('error', () => undefined);
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
      connection: 'keep-alive',
    });
    response.write('retry: 1000\n\n');
  }

  send(text: string): void {
    if (this.response.destroyed || this.isEnding) return;
    this.waiting.push(text);
    this.waitingCharacters += text.length;
    this.flush();
    const isTooSlow = this.waiting.length > MAX_WAITING || this.waitingCharacters > MAX_WAITING_CHARACTERS;
    if (isTooSlow) this.response.destroy();
  }

  /** A sign of life, unless something is on its way anyway. */
  comment(): void {
    if (this.waiting.length === 0) this.send(': \n\n');
  }

  /** Ends the stream after what was sent. */
  end(): void {
    if (this.response.destroyed || this.isEnding) return;
    this.isEnding = true;
    this.response.end(this.waiting.splice(0).join(''));
  }

  private flush(): void {
    while (this.waiting.length > 0 && this.response.writableLength < FILLED_AT_BYTES) {
      const text = this.waiting.splice(0, 64).join('');
      this.waitingCharacters -= text.length;
      this.response.write(text);
    }
  }
}

import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A service behind the proxy: keeps what it saw last, and answers as the test wants. */
export class Upstream {
  headers: IncomingHttpHeaders = {};
  body = '';
  path = '';
  answer: (response: ServerResponse) => void = (response) => response.end('{}');
  private readonly server: Server;

  private constructor() {
    this.server = createServer((request, response) => {
      this.headers = request.headers;
      this.path = request.url ?? '';
      this.body = '';
      request.setEncoding('utf8').on('data', (text: string) => (this.body += text));
      request.on('end', () => this.answer(response));
    });
  }

  static async open(): Promise<Upstream> {
    const upstream = new Upstream();
    upstream.server.listen(0, '127.0.0.1');
    await once(upstream.server, 'listening');
    return upstream;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

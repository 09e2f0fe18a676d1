import { connect, createServer, type Server, type Socket } from 'node:net';

/**
 * A TCP connection to a server that breaks now and then: before a request arrives, or after it arrived and before its answer
 * comes back. What the client sees is the same in both cases.
 */
export class FaultyLink {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** Chance that a chunk breaks the connection instead of passing. */
  breakRequest = 0;
  breakAnswer = 0;
  broken = 0;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async to(host: string, port: number, random: () => number): Promise<FaultyLink> {
    const server = createServer();
    const link = new FaultyLink(server);
    server.on('connection', (near) => {
      const far = connect(port, host);
      const sever = (): void => {
        near.destroy();
        far.destroy();
      };
      for (const socket of [near, far]) {
        link.#sockets.add(socket);
        socket.setNoDelay(true);
        socket.on('error', sever);
        socket.on('close', () => {
          link.#sockets.delete(socket);
          sever();
        });
      }
      const pass = (to: Socket, chance: () => number) => (chunk: Buffer) => {
        if (random() >= chance()) return void to.write(chunk);
        link.broken += 1;
        sever();
      };
      near.on(
        'data',
        pass(far, () => link.breakRequest),
      );
      far.on(
        'data',
        pass(near, () => link.breakAnswer),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return link;
  }

  get port(): number {
    return (this.#server.address() as { readonly port: number }).port;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

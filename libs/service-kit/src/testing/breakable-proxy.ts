import { type AddressInfo, createServer, connect, type Socket } from 'node:net';

/** A way to a server that a test can break, so that the server that others share stays up. */
export class BreakableProxy {
  private readonly sockets = new Set<Socket>();
  private readonly target: URL;
  private readonly server = createServer((client) => void this.join(client));
  private broken = false;
  private held: PromiseWithResolvers<void> | undefined;

  private constructor(target: URL) {
    this.target = target;
  }

  static async open(target: string): Promise<BreakableProxy> {
    const proxy = new BreakableProxy(new URL(target));
    await new Promise<void>((resolve) => proxy.server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get url(): string {
    const url = new URL(this.target);
    url.host = `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    return url.href;
  }

  /** Every connection ends, and none succeeds. */
  break(): void {
    this.broken = true;
    for (const socket of this.sockets) socket.destroy();
  }

  mend(): void {
    this.broken = false;
  }

  /** New connections are taken, and nothing is answered until `release`. */
  hold(): void {
    this.held ??= Promise.withResolvers<void>();
  }

  release(): void {
    this.held?.resolve();
    this.held = undefined;
  }

  async close(): Promise<void> {
    this.release();
    this.break();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async join(client: Socket): Promise<void> {
    client.on('error', () => undefined);
    await this.held?.promise;
    if (this.broken) {
      client.destroy();
      return;
    }
    const server = connect(Number(this.target.port), this.target.hostname);
    for (const socket of [client, server]) {
      this.sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.sockets.delete(socket);
        client.destroy();
        server.destroy();
      });
    }
    client.pipe(server).pipe(client);
  }
}

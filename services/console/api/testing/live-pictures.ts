import type { Transactions } from '@hermes/contracts/console-api';

/** The `transactions` events of a live stream as they come. */
export function pictures(stream: Response): { readonly pictures: Transactions[]; close(): Promise<void> } {
  const heard: Transactions[] = [];
  const reader = stream.body!.pipeThrough(new TextDecoderStream()).getReader();
  void (async () => {
    let text = '';
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      text += value;
      const events = text.split('\n\n');
      text = events.pop() ?? '';
      for (const event of events) {
        const data = /^data: (.*)$/m.exec(event)?.[1];
        if (event.includes('event: transactions') && data !== undefined) heard.push(JSON.parse(data) as Transactions);
      }
    }
  })().catch(() => undefined);
  return { pictures: heard, close: () => reader.cancel() };
}

import type { ProfileChange } from '@hermes/contracts/profile-change';
import { eventually } from '@hermes/service-kit/testing/service-process';

interface Message {
  readonly event: string;
  readonly id: string;
  readonly data: string;
}

/** A stream of changes as a client hears it. */
export interface TestChanges {
  /** The first message of this kind; waits for it. */
  until(event: string): Promise<{ readonly id: string }>;
  /** The first so many changes; waits for them. */
  changes(count: number): Promise<readonly { readonly id: string; readonly data: ProfileChange }[]>;
  /** Reasons of the resets that have come. */
  resets(): readonly string[];
  /** Resolves when the service has ended the stream. @throws Error after `withinMs` */
  ended(withinMs: number): Promise<void>;
  close(): void;
}

const messageOf = (block: string): Message => {
  const field = (name: string): string => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1] ?? '';
  return { event: field('event'), id: field('id'), data: field('data') };
};

/** Opens a stream of changes. @throws Error unless it is answered with one */
export async function openChanges(url: string, credential: string, lastEventId?: string): Promise<TestChanges> {
  const closing = new AbortController();
  const response = await fetch(url, {
    headers: {
      authorization: `Bearer ${credential}`,
      ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
    },
    signal: closing.signal,
  });
  if (!response.ok || response.body === null) throw new Error(`${response.status} ${await response.text()}`);
  const messages: Message[] = [];
  let hasEnded = false;
  const reading = async (body: AsyncIterable<Uint8Array>): Promise<void> => {
    let rest = '';
    for await (const bytes of body) {
      const blocks = `${rest}${Buffer.from(bytes).toString()}`.split('\n\n');
      rest = blocks.pop() ?? '';
      messages.push(...blocks.map(messageOf).filter(({ event }) => event !== ''));
    }
  };
  void reading(response.body)
    .catch(() => undefined)
    .finally(() => (hasEnded = true));
  const of = (event: string): readonly Message[] => messages.filter((one) => one.event === event);
  return {
    until: (event) => eventually(`the message '${event}'`, () => of(event)[0]),
    changes: (count) =>
      eventually(`${count} changes`, () => {
        const heard = of('change');
        if (heard.length < count) return undefined;
        return heard.map(({ id, data }) => ({ id, data: JSON.parse(data) as ProfileChange }));
      }),
    resets: () => of('reset').map(({ data }) => (JSON.parse(data) as { reason: string }).reason),
    async ended(withinMs) {
      await eventually('the end of the stream', () => (hasEnded ? true : undefined), withinMs);
    },
    close: () => closing.abort(),
  };
}

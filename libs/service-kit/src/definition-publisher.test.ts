import pino from 'pino';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { DefinitionPublisher, type PublishDefinitions } from './definition-publisher.ts';
import type { Published } from './publication.repository.ts';

/** The repository's contract over plain values. */
class Book {
  behind: string[] = [];
  published: string[] = [];

  readonly projectsBehind = async (): Promise<readonly string[]> => this.behind;
  readonly publish = async (
    project: string,
    publish: (definitions: readonly string[]) => Promise<void>,
  ): Promise<Published> => {
    await publish([]);
    this.behind = this.behind.filter((one) => one !== project);
    this.published.push(project);
    return { revision: 1 };
  };
}

const opened: DefinitionPublisher<readonly string[]>[] = [];
function open(
  book: Book,
  publish: PublishDefinitions<readonly string[]> = async () => undefined,
): DefinitionPublisher<readonly string[]> {
  const publisher = new DefinitionPublisher(book, publish, pino({ level: 'silent' }));
  publisher.start();
  opened.push(publisher);
  return publisher;
}
afterEach(async () => {
  await Promise.all(opened.splice(0).map((publisher) => publisher.close()));
});

describe('publisher', () => {
  test('publishes a project when it is taken up, whatever was noted', async () => {
    const book = new Book();
    open(book).takeUp('a');
    await vi.waitFor(() => expect(book.published).toEqual(['a']));
  });

  test('finds changes that nobody announced, of the projects that it was given', async () => {
    const book = new Book();
    const publisher = open(book);
    publisher.takeUp('a');
    await vi.waitFor(() => expect(book.published).toEqual(['a']));
    book.behind = ['a', 'somebody-else'];
    await vi.waitFor(() => expect(book.published).toEqual(['a', 'a']), 3_000);
    publisher.release('a');
    book.behind = ['a'];
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(book.published).toEqual(['a', 'a']);
  });

  test('a change does not hang while Kafka hangs', async () => {
    const startedMs = performance.now();
    await open(new Book(), () => new Promise(() => undefined)).publishSoon('a', 50);
    expect(performance.now() - startedMs).toBeLessThan(500);
  });

  test('a change does not fail because Kafka does', async () => {
    const publisher = open(new Book(), () => Promise.reject(new Error('away')));
    await expect(publisher.publishSoon('a')).resolves.toBeUndefined();
  });

  test('what failed is tried again', async () => {
    const book = new Book();
    let failures = 1;
    const publish: PublishDefinitions<readonly string[]> = async () => {
      if (failures-- > 0) throw new Error('away');
    };
    open(book, publish).takeUp('a');
    await vi.waitFor(() => expect(book.published).toEqual(['a']), 5_000);
  });
});

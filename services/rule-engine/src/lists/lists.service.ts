import { randomUUID } from 'node:crypto';
import {
  type ListChanged,
  type ListDraft,
  type ListEntriesChange,
  type ListEntriesPage,
  ListId,
  type ListMembership,
  MAX_LIST_ENTRIES,
  MAX_LISTS,
  type NamedList,
} from '@hermes/contracts/named-list';
import type { DefinitionPublisher } from '@hermes/service-kit/definition-publisher';
import { orUnavailable } from '@hermes/service-kit/postgres-answer';
import { notFound, ProblemError } from '@hermes/service-kit/problem';
import { boundedLines, type LineFormat, MAX_LINE_BYTES, type NumberedLine, readLine } from './list-lines.ts';
import type { EntriesChanged, ListEntriesRepository } from './list-entries.repository.ts';
import type { ListsRepository } from './lists.repository.ts';

/** So many entries go to the database at once. */
const STAGED_AT_ONCE = 5_000;
/** More faults of an upload are no help. */
const MOST_FAULTS = 20;
/** So many uploads a process takes at a time. */
const MOST_UPLOADS = 2;

interface LineFault {
  readonly line: number;
  readonly message: string;
}

const problem = (status: number, code: string, title: string, detail: string, extra = {}): ProblemError =>
  new ProblemError({ status, code, title, detail, extra });

function tooLong(): ProblemError {
  const detail = `An upload has at most ${MAX_LIST_ENTRIES} lines, as many as a list has entries.`;
  return problem(413, 'too-many-lines', 'The upload is too long', detail);
}

/** The project's named lists, and their way to the processes that ask them. */
export class ListsService {
  private readonly lists: ListsRepository;
  private readonly entries: ListEntriesRepository;
  private readonly publisher: Pick<DefinitionPublisher<unknown>, 'publishSoon'>;
  private uploads = 0;

  constructor(
    lists: ListsRepository,
    entries: ListEntriesRepository,
    publisher: Pick<DefinitionPublisher<unknown>, 'publishSoon'>,
  ) {
    this.lists = lists;
    this.entries = entries;
    this.publisher = publisher;
  }

  list(project: string): Promise<readonly NamedList[]> {
    return orUnavailable(this.lists.list(project));
  }

  /** @throws ProblemError 404, 503 */
  async get(project: string, id: string): Promise<NamedList> {
    const found = await orUnavailable(this.lists.find(project, id));
    if (found === undefined) throw notFound('list', id);
    return found;
  }

  /** @throws ProblemError 400 `invalid-list-id`, 409 `too-many-lists`, 503 */
  async save(
    project: string,
    id: string,
    draft: ListDraft,
    by: string,
  ): Promise<{ readonly list: NamedList; readonly isNew: boolean }> {
    const checked = ListId.safeParse(id);
    if (!checked.success)
      throw problem(400, 'invalid-list-id', 'The list id is not valid', checked.error.issues[0]?.message ?? '');
    const saved = await orUnavailable(this.lists.save(project, id, draft, by));
    if (saved.kind === 'too-many')
      throw problem(409, 'too-many-lists', 'There are too many lists', `A project has at most ${MAX_LISTS} lists.`);
    if (saved.isNew) await this.publisher.publishSoon(project);
    return saved;
  }

  /** @throws ProblemError 404, 409 `list-in-use`, 503 */
  async delete(project: string, id: string, by: string): Promise<void> {
    const deleted = await orUnavailable(this.lists.delete(project, id, by));
    if (deleted.kind === 'missing') throw notFound('list', id);
    if (deleted.kind === 'in-use') {
      const { rules } = deleted;
      const detail = `The list is asked by ${rules.join(', ')}: change or archive these rules (and their drafts) first.`;
      throw problem(409, 'list-in-use', 'Rules ask the list', detail, { rules });
    }
    await this.publisher.publishSoon(project);
  }

  /** @throws ProblemError 400 `too-alike`, 404, 409 `list-full`, 503 */
  async change(project: string, id: string, change: ListEntriesChange, by: string): Promise<ListChanged> {
    return this.changed(project, id, await orUnavailable(this.entries.change(project, id, change, by)));
  }

  /**
   * Reads an upload as it comes, and takes it up only when it has come whole and every line is right.
   *
   * @throws ProblemError 400 `invalid-lines` with the faults by line, 413 `too-many-lines`, 503, and those of `change`
   */
  async upload(
    project: string,
    id: string,
    lines: { readonly format: LineFormat; readonly chunks: AsyncIterable<Uint8Array> },
    mode: 'add' | 'replace',
    by: string,
  ): Promise<ListChanged> {
    await this.get(project, id);
    if (this.uploads >= MOST_UPLOADS)
      throw problem(503, 'busy', 'Other uploads are under way', 'Try again when they are done.');
    this.uploads += 1;
    const upload = randomUUID();
    try {
      await this.stage(upload, lines.format, lines.chunks);
      return this.changed(project, id, await orUnavailable(this.entries.take(project, id, upload, mode, by)));
    } finally {
      this.uploads -= 1;
      await this.entries.drop(upload).catch(() => undefined);
    }
  }

  /** @throws ProblemError 404, 503 */
  async page(project: string, id: string, after: string, limit: number): Promise<ListEntriesPage> {
    const page = await orUnavailable(this.entries.page(project, id, after, limit));
    if (page === undefined) throw notFound('list', id);
    return page;
  }

  /** @throws ProblemError 404, 503 */
  async membership(project: string, id: string, entry: string): Promise<ListMembership> {
    const found = await orUnavailable(this.entries.membership(project, id, entry));
    if (found === undefined) throw notFound('list', id);
    return found;
  }

  private async stage(upload: string, format: LineFormat, chunks: AsyncIterable<Uint8Array>): Promise<void> {
    const faults: LineFault[] = [];
    let found = 0;
    let entries: string[] = [];
    for await (const line of boundedLines(chunks)) {
      const read = readNumbered(format, line);
      if (read.kind === 'fault' && faults.length < MOST_FAULTS)
        faults.push({ line: line.number, message: read.message });
      if (read.kind !== 'entry') continue;
      if (++found > MAX_LIST_ENTRIES) throw tooLong();
      // The rest is still read for its faults.
      if (faults.length > 0) continue;
      entries.push(read.entry);
      if (entries.length < STAGED_AT_ONCE) continue;
      await orUnavailable(this.entries.stage(upload, entries));
      entries = [];
    }
    const [first] = faults;
    if (first !== undefined)
      throw problem(
        400,
        'invalid-lines',
        'Lines of the upload are not valid',
        `Line ${first.line}: ${first.message}. Nothing was changed.`,
        { errors: faults },
      );
    await orUnavailable(this.entries.stage(upload, entries));
  }

  private async changed(project: string, id: string, outcome: EntriesChanged): Promise<ListChanged> {
    switch (outcome.kind) {
      case 'missing':
        throw notFound('list', id);
      case 'full': {
        const { most, of } = outcome;
        const detail = `${of === 'list' ? 'A list has' : 'The lists of a project have'} at most ${most} entries${of === 'list' ? '' : ' together'}. Nothing was changed.`;
        throw problem(409, 'list-full', 'There are too many entries', detail);
      }
      case 'too-alike': {
        const detail = 'More of these entries have the same hash than chance would give. Nothing was changed.';
        throw problem(400, 'too-alike', 'The entries cannot be told apart quickly', detail);
      }
      case 'changed': {
        const { kind: _, ...change } = outcome;
        if (change.added + change.removed > 0) await this.publisher.publishSoon(project);
        return change;
      }
    }
  }
}

function readNumbered(format: LineFormat, { text, number }: NumberedLine): ReturnType<typeof readLine> {
  if (text === undefined) return { kind: 'fault', message: `a line is UTF-8 and has at most ${MAX_LINE_BYTES} bytes` };
  return readLine(format, number === 1 ? text.replace(/^\uFEFF/u, '') : text);
}

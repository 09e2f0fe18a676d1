import type { ProjectRecord } from '@hermes/contracts/control';
import type { ServiceRuntime } from './runtime.ts';

/** What a service runs for one project: processors, consumers. */
export interface ProjectWorker {
  close(): Promise<void>;
}

const FIRST_RETRY_MS = 200;
const LONGEST_RETRY_MS = 5_000;

interface Post<W> {
  worker: W | undefined;
  readonly removed: AbortController;
  /** Settles when the worker runs, or was given up because the project is gone. */
  starting: Promise<void>;
}

/** The workers of all projects, each started on its own, so that one project's trouble is no other's. */
export class ProjectWorkers<W extends ProjectWorker> {
  private readonly posts = new Map<string, Post<W>>();
  private readonly runtime: Pick<ServiceRuntime, 'logger'>;
  private readonly start: (project: ProjectRecord) => Promise<W>;

  constructor(runtime: Pick<ServiceRuntime, 'logger'>, start: (project: ProjectRecord) => Promise<W>) {
    this.runtime = runtime;
    this.start = start;
  }

  get(project: string): W | undefined {
    return this.posts.get(project)?.worker;
  }

  running(): readonly W[] {
    return [...this.posts.values()].flatMap((post) => (post.worker === undefined ? [] : [post.worker]));
  }

  add(project: ProjectRecord): void {
    if (this.posts.has(project.id)) return;
    const post: Post<W> = { worker: undefined, removed: new AbortController(), starting: Promise.resolve() };
    this.posts.set(project.id, post);
    post.starting = this.untilStarted(project, post);
  }

  async remove(id: string): Promise<void> {
    const post = this.posts.get(id);
    if (post === undefined) return;
    this.posts.delete(id);
    post.removed.abort();
    await post.starting;
    await post.worker?.close();
  }

  async close(): Promise<void> {
    await Promise.allSettled([...this.posts.keys()].map((id) => this.remove(id)));
  }

  private async untilStarted(project: ProjectRecord, post: Post<W>): Promise<void> {
    const { signal } = post.removed;
    for (let waitMs = FIRST_RETRY_MS; !signal.aborted; waitMs = Math.min(waitMs * 2, LONGEST_RETRY_MS)) {
      try {
        post.worker = await this.start(project);
        return;
      } catch (error) {
        this.runtime.logger.warn(
          { err: error, project: project.id, waitMs },
          'the project could not be taken up yet; trying again',
        );
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, waitMs);
          signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
        });
      }
    }
  }
}

/**
 * Runs one worker per project of `hermes.control`: those that are there, those that come, until they go. A start that fails is
 * tried again (0.2 s, then up to 5 s) without holding up other projects; all are closed when the service stops.
 */
export function runPerProject<W extends ProjectWorker>(
  runtime: Pick<ServiceRuntime, 'control' | 'logger' | 'onShutdown'>,
  label: string,
  start: (project: ProjectRecord) => Promise<W>,
): ProjectWorkers<W> {
  const workers = new ProjectWorkers(runtime, start);
  runtime.onShutdown(label, () => workers.close());
  runtime.control.onProjects({ added: (project) => workers.add(project), removed: (id) => workers.remove(id) });
  return workers;
}

import { fileURLToPath } from 'node:url';
import {
  type PreviewColumns,
  type PreviewEnd,
  type PreviewProgress,
  PreviewRequest,
} from '@hermes/contracts/sql-preview';
import { parse, ProblemError } from '@hermes/service-kit/problem';
import type { Logger } from 'pino';
import { invalidSql } from '../jobs/invalid-sql.ts';
import { outsideOf, type OutsideSettings } from '../outside/outside-settings.ts';
import type { OutsideAccess, RunOrder } from '../runs/messages.ts';
import type { ProcessLimits } from '../runs/process-limits.ts';
import { RunProcess } from '../runs/run-process.ts';
import { checkPlan, type PlanServers } from '../targets/check-plan.ts';
import { type PlannedPreview, planPreview } from './plan-preview.ts';
import type { BadInput, FromPreview, PreviewOrder } from './preview-messages.ts';

/** The bundle beside this one. */
const ENTRY = fileURLToPath(new URL('./preview-worker.js', import.meta.url));
/** What a process gets beyond the limit of time: to open its tables, or to end a batch that is under way. */
const GRACE_MS = 15_000;

export interface PreviewsParts {
  readonly servers: PlanServers;
  readonly logger: Logger;
  readonly limits: ProcessLimits & { readonly stateMb: number };
  readonly connection: Pick<RunOrder, 'kafkaBrokers' | 'kafkaDriver'>;
  readonly outside: OutsideSettings;
  /** Previews at once. */
  readonly most: { readonly perProject: number; readonly perProcess: number };
}

/** Who looks at a preview. `ended` is called last, and once. */
export interface PreviewListener {
  /** Each row as its JSON. */
  rows(rows: readonly string[]): void;
  bad(bad: readonly BadInput[]): void;
  progress(progress: PreviewProgress): void;
  ended(end: PreviewEnd): void;
}

/** A request that may be previewed. */
export interface PreparedPreview {
  readonly project: string;
  readonly limits: PreviewRequest['limits'];
  readonly planned: Exclude<PlannedPreview, { kind: 'refused' }>;
  readonly outside: OutsideAccess;
}

/** A preview under way; it may be stopped any number of times. */
export interface OpenPreview {
  readonly columns: PreviewColumns;
  stop(): void;
}

interface Slot {
  readonly project: string;
  stop(): Promise<void>;
}

const noConnections = (detail: string): ProblemError =>
  new ProblemError({ status: 503, code: 'no-connections', title: 'The connections cannot be read', detail });

/** Queries that somebody looks at while they are written, each in a process of its own that writes nothing. */
export class PreviewsService {
  private readonly parts: PreviewsParts;
  private readonly open = new Set<Slot>();
  private isClosing = false;

  constructor(parts: PreviewsParts) {
    this.parts = parts;
  }

  /** Previews that run. */
  get running(): number {
    return this.open.size;
  }

  /** @throws ProblemError 400, 422 `invalid-sql` with the problems of the text, 503 `no-connections` */
  async prepare(project: string, body: unknown): Promise<PreparedPreview> {
    const { sql, limits } = parse(PreviewRequest, body);
    const planned = planPreview(sql, project);
    if (planned.kind === 'refused') throw invalidSql(planned.problems);
    if (planned.kind === 'query') {
      const problems = await checkPlan(this.parts.servers, project, planned.plan);
      if (problems.length > 0) throw invalidSql(problems);
    }
    const outside = await outsideOf(this.parts.outside, project).catch((error: unknown) => {
      throw noConnections(String((error as Error).message));
    });
    return { project, limits, planned, outside };
  }

  /**
   * Begins; nothing is told before this has returned.
   *
   * @throws ProblemError 429 `too-many-previews`
   */
  begin(prepared: PreparedPreview, listener: PreviewListener): OpenPreview {
    const { project, limits, planned, outside } = prepared;
    const { columns } = planned;
    if (planned.kind === 'rows') {
      const rows = planned.rows.map((row) => JSON.stringify(row));
      queueMicrotask(() => {
        listener.rows(rows);
        listener.progress({ ...NOTHING_READ, rows: rows.length });
        listener.ended({ reason: 'end-of-input' });
      });
      return { columns, stop: () => undefined };
    }
    this.refuseTooMany(project);
    const { connection, servers, limits: ofProcess } = this.parts;
    const { kafkaBrokers, kafkaDriver } = connection;
    const { plan, at } = planned;
    const order: PreviewOrder = {
      kind: 'start',
      project,
      plan,
      at,
      limits,
      stateLimitBytes: ofProcess.stateMb * 2 ** 20,
      profileStore: servers.profileStore,
      kafkaBrokers,
      kafkaDriver,
      outside,
    };
    const slot = this.run(order, listener);
    return { columns, stop: () => void slot.stop() };
  }

  /** Ends the previews of a project that is gone. */
  async stopProject(project: string): Promise<void> {
    await Promise.all([...this.open].filter((slot) => slot.project === project).map((slot) => slot.stop()));
  }

  /** Before the HTTP server waits for its connections. */
  async onModuleDestroy(): Promise<void> {
    this.isClosing = true;
    await Promise.all([...this.open].map((slot) => slot.stop()));
  }

  private refuseTooMany(project: string): void {
    const { perProject, perProcess } = this.parts.most;
    const ofProject = [...this.open].filter((slot) => slot.project === project).length;
    const isProjects = ofProject >= perProject;
    if (!isProjects && this.open.size < perProcess && !this.isClosing) return;
    throw new ProblemError({
      status: 429,
      code: 'too-many-previews',
      title: 'There are too many previews',
      detail: isProjects
        ? `The project has ${ofProject} previews running, which is the most: end one, or wait until one has ended.`
        : `${this.open.size} previews run here, or the service is about to end: try again in a few seconds.`,
      headers: { 'retry-after': '5' },
    });
  }

  private run(order: PreviewOrder, listener: PreviewListener): Slot {
    const { limits: ofProcess, logger } = this.parts;
    const { project, limits } = order;
    let end: PreviewEnd | undefined;
    let isReading = false;
    const process = new RunProcess<FromPreview>(
      order,
      ofProcess,
      (message) => {
        switch (message.kind) {
          case 'running':
            isReading = true;
            break;
          case 'rows':
            listener.rows(message.rows);
            break;
          case 'bad':
            listener.bad(message.bad);
            break;
          case 'report':
            listener.progress(message.progress);
            break;
          case 'end':
            end ??= message.end;
            break;
        }
      },
      ENTRY,
    );
    let stopping: Promise<void> | undefined;
    const slot: Slot = {
      project,
      stop: () => {
        end ??= { reason: 'stopped' };
        return (stopping ??= process.stop());
      },
    };
    this.open.add(slot);
    const guard = setTimeout(() => {
      end ??= isReading
        ? { reason: 'limit', limit: 'time' }
        : { reason: 'failed', code: 'not-started', message: 'the tables could not be opened in time', ...order.at };
      stopping ??= process.stop();
    }, limits.timeMs + GRACE_MS);
    void process.ended.then((ended) => {
      clearTimeout(guard);
      this.open.delete(slot);
      const message = ended.kind === 'died' ? ended.reason : "the preview's process ended without a word";
      if (end === undefined) logger.warn({ project, reason: message }, 'a preview ended before its time');
      listener.ended(end ?? { reason: 'failed', code: 'process-ended', message, ...order.at });
    });
    return slot;
  }
}

/** The figures of a preview that has read nothing. */
export const NOTHING_READ: PreviewProgress = {
  elapsedMs: 0,
  rowsRead: 0,
  rows: 0,
  badRows: 0,
  lateRows: 0,
  stateBytes: 0,
  sources: [],
  trouble: null,
};

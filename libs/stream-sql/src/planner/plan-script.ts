import { parseScript } from '../syntax/parse.ts';
import { type Problem, SqlRefusal } from '../syntax/problem.ts';
import type { InsertInto, Query, Statement } from '../syntax/tree.ts';
import type { Span } from '../syntax/tree-node.ts';
import { CONNECTORS } from './connectors/catalogue.ts';
import type { ConnectorDescription } from './connectors/description.ts';
import { describeRows } from './catalog/describe.ts';
import { showRows } from './catalog/show.ts';
import { explainedGraph, type ExplainedGraph } from './explain/explained-graph.ts';
import { explainPlan } from './explain/explain-plan.ts';
import { streamPlan } from './graph/finish.ts';
import type { StreamPlan } from './plan.ts';
import { insertTarget, previewTarget, type SinkTarget } from './query/insert.ts';
import { FollowsRefusal, Session } from './session.ts';
import { readSettings, SETTINGS, withoutSetting, withSetting } from './settings.ts';

export interface PlanningOptions {
  /** The project that the job belongs to: `${project}` in options, and the prefix of the topics that it may read. null outside of the platform. */
  readonly project: string | null;
  /** Further `${name}`s that may stand in options. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Connectors beside those that every job may name. */
  readonly connectors?: readonly ConnectorDescription[];
}

/** A table of texts: what SHOW, DESCRIBE and SET answer. */
export interface ResultRows {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | null)[])[];
}

/** What a statement answers by itself. */
export type StatementResult = { readonly at: Span } & (
  | { readonly kind: 'done' }
  /** Its part of the job's plan: INSERT INTO and statement sets. */
  | { readonly kind: 'insert' }
  | { readonly kind: 'preview'; readonly plan: StreamPlan }
  | { readonly kind: 'explained'; readonly text: string; readonly graph: ExplainedGraph }
  | ({ readonly kind: 'rows' } & ResultRows)
);

export type PlannedScript =
  | {
      readonly kind: 'ok';
      /** All INSERTs of the script as one job; null when there is none. */
      readonly plan: StreamPlan | null;
      /** One for each statement, in the order of the text. */
      readonly results: readonly StatementResult[];
    }
  | { readonly kind: 'refused'; readonly problems: readonly Problem[] };

/**
 * Reads, checks and plans a script. Never throws for what a person wrote: everything that is wrong comes back with its place, in the order
 * of the text; what only follows from something else that is wrong is left out.
 */
export function planScript(text: string, options: PlanningOptions): PlannedScript {
  const parsed = parseScript(text);
  const planning = new ScriptPlanning(text, options, parsed.problems.length > 0);
  const results = parsed.statements.map((statement) => planning.statement(statement));
  const plan = planning.finish();
  const problems = [...parsed.problems, ...planning.problems];
  if (problems.length > 0)
    return {
      kind: 'refused',
      problems: problems.toSorted((a, b) => a.line - b.line || a.column - b.column),
    };
  return { kind: 'ok', plan, results: results.filter((result) => result !== undefined) };
}

class ScriptPlanning {
  readonly problems: Problem[] = [];
  private readonly session: Session;
  private readonly targets: SinkTarget[] = [];
  private readonly text: string;
  private readonly isIncomplete: boolean;
  private insertAt: Span | undefined;

  constructor(text: string, options: PlanningOptions, isIncomplete: boolean) {
    this.text = text;
    this.isIncomplete = isIncomplete;
    const { project, variables = {}, connectors = [] } = options;
    this.session = new Session(
      {
        project,
        variables: { ...variables, ...(project === null ? {} : { project }) },
        connectors: [...connectors, ...CONNECTORS],
      },
      isIncomplete,
    );
  }

  statement(node: Statement): StatementResult | undefined {
    return this.attempt(() => this.planned(node));
  }

  /** The job of all INSERTs. */
  finish(): StreamPlan | null {
    const { insertAt } = this;
    for (const option of this.session.optionsWithoutEffect())
      if (!this.isIncomplete && this.problems.length === 0)
        this.report(
          new SqlRefusal(
            option.at,
            `the option '${option.key}' has no effect: the table is never looked up`,
            'leave it out',
          ),
        );
    if (insertAt === undefined || this.targets.length === 0) return null;
    return this.attempt(() => this.plan(this.targets, insertAt)) ?? null;
  }

  private planned(node: Statement): StatementResult {
    const { session } = this;
    const done: StatementResult = { kind: 'done', at: node.at };
    switch (node.kind) {
      case 'create-table':
        session.createTable(node);
        return done;
      case 'create-view':
        session.createView(node);
        return done;
      case 'drop':
        session.drop(node);
        return done;
      case 'set':
        if (node.option === undefined) return { kind: 'rows', at: node.at, ...this.settingRows() };
        session.settings = withSetting(session.settings, node.option);
        return done;
      case 'reset':
        session.settings = withoutSetting(session.settings, node.key, node.at);
        return done;
      case 'insert':
      case 'statement-set':
        this.targets.push(...this.inserts(node));
        this.insertAt = node.at;
        return { kind: 'insert', at: node.at };
      case 'query':
        return { kind: 'preview', at: node.at, plan: this.preview(node.query) };
      case 'explain': {
        const { statement } = node;
        const plan =
          statement.kind === 'query' ? this.preview(statement.query) : this.plan(this.inserts(statement), node.at);
        return { kind: 'explained', at: node.at, text: explainPlan(plan), graph: explainedGraph(plan) };
      }
      case 'show':
        return { kind: 'rows', at: node.at, ...showRows(node, session, this.text) };
      case 'describe':
        return { kind: 'rows', at: node.at, ...describeRows(session.entry(node.name)) };
    }
  }

  private preview(query: Query): StreamPlan {
    return this.plan([previewTarget(query, this.session.environment(query.at))], query.at);
  }

  private inserts(node: Statement & { readonly kind: 'insert' | 'statement-set' }): SinkTarget[] {
    if (node.kind === 'insert') return [this.insert(node)];
    return node.inserts.flatMap((each) => this.attempt(() => this.insert(each)) ?? []);
  }

  private insert(node: InsertInto): SinkTarget {
    const { session } = this;
    const hinted = node.hints.flatMap((hint) => {
      if (hint.name === 'OPTIONS') return hint.options;
      throw new SqlRefusal(hint.at, `the hint ${hint.name} on a table is not supported`, 'only OPTIONS stands there');
    });
    const declared = session.tableAt(node.table);
    const { table } = session.use(node.table, 'sink', hinted);
    return insertTarget(node, declared, table, session.environment(node.at));
  }

  /** Several INSERTs that cannot be planned together are tried one by one, to say all that is wrong. */
  private plan(targets: readonly SinkTarget[], at: Span): StreamPlan {
    const settings = readSettings(this.session.settings, at).plan;
    try {
      return streamPlan(targets, settings);
    } catch (error) {
      if (!(error instanceof SqlRefusal) || targets.length === 1) throw error;
      for (const target of targets) this.attempt(() => streamPlan([target], settings));
      throw new FollowsRefusal(error.message);
    }
  }

  private settingRows(): ResultRows {
    const { settings } = this.session;
    const rows = Object.entries(SETTINGS).map(([key, { fallback }]) => [key, settings.get(key) ?? fallback]);
    return { columns: ['key', 'value'], rows };
  }

  private attempt<T>(make: () => T): T | undefined {
    try {
      return make();
    } catch (error) {
      if (error instanceof FollowsRefusal) return undefined;
      if (!(error instanceof SqlRefusal)) throw error;
      this.report(error);
      return undefined;
    }
  }

  private report({ problem }: SqlRefusal): void {
    const { message, line, column } = problem;
    const isKnown = this.problems.some(
      (known) => known.line === line && known.column === column && known.message === message,
    );
    if (!isKnown) this.problems.push(problem);
  }
}

import { refuse, SqlRefusal } from '../syntax/problem.ts';
import type { CreateTable, CreateView, Drop, OptionNode } from '../syntax/tree.ts';
import type { Name, Path } from '../syntax/tree-node.ts';
import { type CatalogTable, type DeclarationContext, declareTable } from './catalog/declare-table.ts';
import { checkRequired } from './catalog/options.ts';
import { withLike } from './catalog/like.ts';
import { closestName } from './closest-name.ts';
import type { Role } from './connectors/description.ts';
import type { CatalogEntry, QueryEnvironment, UsedTable } from './query/environment.ts';
import { columnsNamed, queryRelation } from './query/query.ts';
import type { Relation } from './relation/relation.ts';
import { treeSize } from './relation/tree-size.ts';
import { readSettings, type SettingTexts } from './settings.ts';

/** Views that read views twice grow by powers of two; whoever plans them walks each copy: 5,000 take 0.1 s of processor time. */
const MAX_READ_SIZE = 5_000;
const MAX_READ_SIZE_OF_ALL = 100_000;

/** Thrown for what follows from something that was refused before, and is not said once more. */
export class FollowsRefusal extends Error {
  override readonly name = 'FollowsRefusal';
}

export type SessionEntry =
  | { readonly kind: 'table'; readonly table: CatalogTable }
  | { readonly kind: 'view'; readonly node: CreateView; readonly relation: Relation };

/** The tables and views that a script has declared so far, and its settings. */
export class Session {
  settings: SettingTexts = new Map();
  private readonly entries = new Map<string, SessionEntry>();
  private readonly refused = new Set<string>();
  private readonly roles = new Map<string, Set<Role>>();
  private readonly context: DeclarationContext;

  private readonly isIncomplete: boolean;
  private readSize = 0;

  /** `isIncomplete`: some statements could not be read, so that names may be missing which they declare. */
  constructor(context: DeclarationContext, isIncomplete: boolean) {
    this.context = context;
    this.isIncomplete = isIncomplete;
  }

  all(): ReadonlyMap<string, SessionEntry> {
    return this.entries;
  }

  /** Throws SqlRefusal. */
  createTable(node: CreateTable): void {
    const name = oneName(node.name);
    if (this.isDeclared(name, node.ifNotExists)) return;
    this.add(name, () => {
      const base = node.like === undefined ? undefined : this.tableAt(node.like.table);
      const whole = base === undefined ? node : withLike(node, base.node);
      return { kind: 'table', table: declareTable(whole, this.context) };
    });
  }

  /** Throws SqlRefusal. */
  createView(node: CreateView): void {
    const name = oneName(node.name);
    if (this.isDeclared(name, node.ifNotExists)) return;
    this.add(name, () => {
      const query = queryRelation(node.query, this.environment(node.at));
      return { kind: 'view', node, relation: columnsNamed(query, node.columns, name) };
    });
  }

  /** Throws SqlRefusal. */
  drop(node: Drop): void {
    const name = oneName(node.name);
    const entry = this.entries.get(name.name);
    if (this.refused.delete(name.name)) return;
    if (entry === undefined) {
      if (!node.ifExists) throw this.unknown(name);
      return;
    }
    if (entry.kind !== node.what.toLowerCase())
      throw new SqlRefusal(
        name.at,
        `${name.name} is a ${entry.kind}`,
        `write DROP ${entry.kind.toUpperCase()} ${name.name}`,
      );
    this.entries.delete(name.name);
  }

  /** The table or view of that name. Throws SqlRefusal. */
  entry(path: Path): SessionEntry {
    const name = oneName(path);
    const entry = this.entries.get(name.name);
    if (entry !== undefined) return entry;
    if (this.isIncomplete || this.refused.has(name.name)) throw new FollowsRefusal(`${name.name} was refused`);
    throw this.unknown(name);
  }

  /** Throws SqlRefusal when the name is none of a table. */
  tableAt(path: Path): CatalogTable {
    const entry = this.entry(path);
    if (entry.kind === 'table') return entry.table;
    const name = oneName(path);
    throw new SqlRefusal(name.at, `${name.name} is a view`, 'name a table, declared with CREATE TABLE');
  }

  /** The table for one use of it, with the options of a hint. Throws SqlRefusal when its connector cannot be used so. */
  use(path: Path, role: Role, hinted: readonly OptionNode[]): UsedTable {
    const name = oneName(path);
    const declared = this.tableAt(path);
    const { description } = declared;
    if (description[role] === undefined)
      return refuse(name.at, USES[role](description.name), instead(role, name.name, description));
    const table = hinted.length === 0 ? declared : this.withOptions(declared, hinted);
    checkRequired(name.name, table.options, description, role, name.at);
    const roles = this.roles.get(name.name) ?? new Set<Role>();
    this.roles.set(name.name, roles.add(role));
    return { table: table.plan, description };
  }

  environment(at: CreateView['at']): QueryEnvironment {
    const { lookup, repeatedChanges } = readSettings(this.settings, at);
    return {
      find: (path): CatalogEntry => {
        const entry = this.entry(path);
        return entry.kind === 'view' ? entry : { kind: 'table', table: entry.table.plan };
      },
      use: (path, role, options) => this.use(path, role, options),
      read: (relation, name) => this.read(relation, name),
      with: new Map(),
      lookup,
      repeatedChanges,
    };
  }

  private read(relation: Relation, name: Name): void {
    const size = treeSize(relation);
    this.readSize += size;
    if (size <= MAX_READ_SIZE && this.readSize <= MAX_READ_SIZE_OF_ALL) return;
    throw new SqlRefusal(
      name.at,
      size > MAX_READ_SIZE
        ? `${name.name} is made of more than ${MAX_READ_SIZE} queries, each counted as often as it is read`
        : `up to ${name.name} the text reads more than ${MAX_READ_SIZE_OF_ALL} queries by their names, each counted as often as it is read`,
      'write what is read again and again into a table of its own, with another job',
    );
  }

  /** Options of lookups on tables that are used, and never looked up: they have no effect. */
  optionsWithoutEffect(): readonly OptionNode[] {
    return [...this.roles].flatMap(([name, roles]) => {
      const entry = this.entries.get(name);
      if (roles.has('lookup') || entry?.kind !== 'table') return [];
      const given = [...entry.table.options.given.values()].find(({ key }) => key.startsWith('lookup.'));
      return given === undefined ? [] : [given];
    });
  }

  private withOptions(declared: CatalogTable, hinted: readonly OptionNode[]): CatalogTable {
    const odd = hinted.find(({ key }) => key === 'connector');
    if (odd !== undefined)
      throw new SqlRefusal(odd.keyAt, "a hint cannot change the 'connector'", 'declare another table');
    const { node } = declared;
    const options = [...node.options.filter(({ key }) => !hinted.some((each) => each.key === key)), ...hinted];
    return declareTable({ ...node, options }, this.context);
  }

  private isDeclared(name: Name, ifNotExists: boolean): boolean {
    const entry = this.entries.get(name.name);
    if (entry === undefined && !this.refused.has(name.name)) return false;
    if (!ifNotExists)
      throw new SqlRefusal(
        name.at,
        `the ${entry?.kind ?? 'table'} ${name.name} is declared twice`,
        'name one of them otherwise, or write IF NOT EXISTS',
      );
    return true;
  }

  private add(name: Name, make: () => SessionEntry): void {
    this.refused.add(name.name);
    const entry = make();
    this.refused.delete(name.name);
    this.entries.set(name.name, entry);
  }

  private unknown(name: Name): SqlRefusal {
    const names = [...this.entries.keys()];
    const near = closestName(name.name, names);
    return new SqlRefusal(
      name.at,
      `there is no table ${name.name}`,
      near !== undefined
        ? `did you mean ${near}?`
        : names.length === 0
          ? 'declare it with CREATE TABLE'
          : `declared: ${names.join(', ')}`,
    );
  }
}

/** Catalogs and databases do not exist here but as Flink's default ones. */
function oneName(path: Path): Name {
  const name = path[path.length - 1]!;
  const before = path.slice(0, -1).map((part) => part.name);
  if (
    before.length > 0 &&
    before.join('.') !== 'default_catalog.default_database' &&
    before.join('.') !== 'default_database'
  )
    refuse(path[0]!.at, 'a name with a catalog or a database', `write ${name.name}`);
  return name;
}

const USES: Readonly<Record<Role, (connector: string) => string>> = {
  source: (connector) => `SELECT from a ${connector} table`,
  sink: (connector) => `INSERT INTO a ${connector} table`,
  lookup: (connector) => `a lookup join with a ${connector} table`,
};

function instead(role: Role, name: string, description: CatalogTable['description']): string {
  if (role === 'source' && description.lookup !== undefined)
    return `its rows are looked up: FROM events AS e JOIN ${name} FOR SYSTEM_TIME AS OF e.proctime AS p ON e.key = p.key`;
  if (role === 'source') return "read a table with 'connector' = 'kafka', 'upsert-kafka', 'filesystem' or 'datagen'";
  if (role === 'lookup') return "join a table with 'connector' = 'hermes-profile', 'redis' or 'jdbc'";
  return "write into a table with 'connector' = 'clickhouse', 'kafka', 'jdbc', 'redis' or 'hermes-profile'";
}

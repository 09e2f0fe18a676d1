import { refuse, SqlRefusal } from '../../syntax/problem.ts';
import type { ColumnNode, CreateTable, LikeNode, LikeRule, OptionNode } from '../../syntax/tree.ts';

type What = LikeRule['what'];
type Action = LikeRule['action'];

/** A CREATE TABLE ... LIKE base as one without LIKE. Source of the rules: Flink's documentation, "CREATE TABLE", LIKE. Throws SqlRefusal. */
export function withLike(node: CreateTable, base: CreateTable): CreateTable {
  const like = node.like;
  if (like === undefined) return node;
  const actionOf = actions(like);
  return {
    ...node,
    columns: columnsOf(node, base, actionOf),
    watermark: one('WATERMARKS', node.watermark, base.watermark, actionOf, node),
    constraints: several('CONSTRAINTS', node.constraints, base.constraints, actionOf),
    partitionedBy: several('PARTITIONS', node.partitionedBy, base.partitionedBy, actionOf),
    options: optionsOf(node.options, base.options, actionOf('OPTIONS')),
    like: undefined,
  };
}

/** All is included but options, which a table may set anew. */
function actions(like: LikeNode): (what: What) => Action {
  const given = new Map<What, Action>();
  for (const rule of like.rules) {
    if (given.has(rule.what))
      throw new SqlRefusal(rule.at, `${rule.what} stands twice in LIKE`, 'leave one of them out');
    if (rule.action === 'OVERWRITING' && ['ALL', 'CONSTRAINTS', 'PARTITIONS', 'DISTRIBUTION'].includes(rule.what))
      refuse(rule.at, `OVERWRITING ${rule.what}`, 'write EXCLUDING, and declare it anew');
    given.set(rule.what, rule.action);
  }
  return (what) => given.get(what) ?? given.get('ALL') ?? (what === 'OPTIONS' ? 'OVERWRITING' : 'INCLUDING');
}

function columnsOf(node: CreateTable, base: CreateTable, actionOf: (what: What) => Action): readonly ColumnNode[] {
  const own = new Map(node.columns.map((column) => [column.name.name, column]));
  const whatOf = (column: ColumnNode): What => (column.kind === 'computed' ? 'GENERATED' : 'METADATA');
  const taken = base.columns.filter((column) => {
    if (column.kind === 'physical') return true;
    const action = actionOf(whatOf(column));
    return action === 'INCLUDING' || (action === 'OVERWRITING' && !own.has(column.name.name));
  });
  const twice = taken.find((column) => own.has(column.name.name));
  if (twice !== undefined)
    throw new SqlRefusal(
      own.get(twice.name.name)!.name.at,
      `the column ${twice.name.name} is in the table of LIKE too`,
      twice.kind === 'physical' ? 'leave it out' : `leave it out, or write OVERWRITING ${whatOf(twice)}`,
    );
  return [...taken, ...node.columns];
}

function one<T extends { readonly at: CreateTable['at'] }>(
  what: What,
  own: T | undefined,
  base: T | undefined,
  actionOf: (what: What) => Action,
  node: CreateTable,
): T | undefined {
  const action = actionOf(what);
  if (own !== undefined && base !== undefined && action === 'INCLUDING')
    throw new SqlRefusal(
      own.at ?? node.at,
      `the table of LIKE has ${what} too`,
      `write EXCLUDING ${what} or OVERWRITING ${what}`,
    );
  return own ?? (action === 'EXCLUDING' ? undefined : base);
}

function several<T extends { readonly at: CreateTable['at'] }>(
  what: What,
  own: readonly T[],
  base: readonly T[],
  actionOf: (what: What) => Action,
): readonly T[] {
  if (actionOf(what) === 'EXCLUDING' || base.length === 0) return own;
  if (own[0] !== undefined)
    throw new SqlRefusal(own[0].at, `the table of LIKE has ${what} too`, `write EXCLUDING ${what}, or leave it out`);
  return base;
}

function optionsOf(own: readonly OptionNode[], base: readonly OptionNode[], action: Action): readonly OptionNode[] {
  if (action === 'EXCLUDING') return own;
  const twice = own.find(({ key }) => base.some((each) => each.key === key));
  if (twice !== undefined && action === 'INCLUDING')
    throw new SqlRefusal(
      twice.keyAt,
      `the table of LIKE has the option '${twice.key}' too`,
      'write OVERWRITING OPTIONS',
    );
  return [...base.filter(({ key }) => !own.some((each) => each.key === key)), ...own];
}

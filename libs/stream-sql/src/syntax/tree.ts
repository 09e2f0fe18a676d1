import type { TypeNode } from './tree-type.ts';
import type { Name, Node, Path } from './tree-node.ts';
import type { Call, Expression, OrderItem, WindowSpecification } from './tree-expression.ts';

/** What stands in a text, statement by statement. */
export type Statement =
  | CreateTable
  | CreateView
  | Drop
  | InsertInto
  | StatementSet
  | SelectStatement
  | Explain
  | Show
  | Describe
  | SetOption
  | ResetOption;

export type StatementKind = Statement['kind'];

/** `'key' = 'value'` of WITH, OPTIONS or a hint. */
export interface OptionNode extends Node {
  readonly key: string;
  readonly keyAt: Node['at'];
  readonly value: string;
  readonly valueAt: Node['at'];
}

export interface CreateTable extends Node {
  readonly kind: 'create-table';
  readonly temporary: boolean;
  readonly ifNotExists: boolean;
  readonly name: Path;
  readonly columns: readonly ColumnNode[];
  readonly watermark: WatermarkNode | undefined;
  /** Both forms, in a column and beside the columns, in the order of the text. More than one is for the planner to refuse. */
  readonly constraints: readonly ConstraintNode[];
  readonly comment: string | undefined;
  readonly partitionedBy: readonly Name[];
  readonly options: readonly OptionNode[];
  readonly like: LikeNode | undefined;
}

export type ColumnNode = Node & { readonly name: Name; readonly comment: string | undefined } & (
    | { readonly kind: 'physical'; readonly type: TypeNode }
    | {
        readonly kind: 'metadata';
        readonly type: TypeNode;
        /** The text after FROM; undefined: the column's own name is the key. */
        readonly key: string | undefined;
        readonly virtual: boolean;
      }
    | { readonly kind: 'computed'; readonly expression: Expression }
  );

export interface WatermarkNode extends Node {
  /** A column, or a field within it: `a.b`. */
  readonly column: Path;
  readonly expression: Expression;
}

export interface ConstraintNode extends Node {
  readonly kind: 'primary-key' | 'unique';
  readonly name: Name | undefined;
  readonly columns: readonly Name[];
  /** Absent: neither ENFORCED nor NOT ENFORCED is written. */
  readonly enforced: boolean | undefined;
}

export interface LikeNode extends Node {
  readonly table: Path;
  readonly rules: readonly LikeRule[];
}

export interface LikeRule extends Node {
  readonly action: 'INCLUDING' | 'EXCLUDING' | 'OVERWRITING';
  readonly what:
    'ALL' | 'CONSTRAINTS' | 'DISTRIBUTION' | 'GENERATED' | 'METADATA' | 'OPTIONS' | 'PARTITIONS' | 'WATERMARKS';
}

export interface CreateView extends Node {
  readonly kind: 'create-view';
  readonly temporary: boolean;
  readonly ifNotExists: boolean;
  readonly name: Path;
  readonly columns: readonly Name[];
  readonly comment: string | undefined;
  readonly query: Query;
}

export interface Drop extends Node {
  readonly kind: 'drop';
  readonly what: 'TABLE' | 'VIEW';
  readonly temporary: boolean;
  readonly ifExists: boolean;
  readonly name: Path;
}

export interface InsertInto extends Node {
  readonly kind: 'insert';
  readonly table: Path;
  readonly hints: readonly Hint[];
  /** `INSERT INTO t (a, b)`; a path where a field of a column is written. Undefined: all columns. */
  readonly columns: readonly Path[] | undefined;
  readonly query: Query;
}

/** `EXECUTE STATEMENT SET BEGIN ... END` and `BEGIN STATEMENT SET; ... END`. */
export interface StatementSet extends Node {
  readonly kind: 'statement-set';
  readonly inserts: readonly InsertInto[];
}

/** A query that stands alone: a preview. */
export interface SelectStatement extends Node {
  readonly kind: 'query';
  readonly query: Query;
}

export type ExplainDetail = 'ESTIMATED_COST' | 'CHANGELOG_MODE' | 'JSON_EXECUTION_PLAN' | 'PLAN_ADVICE';

export interface Explain extends Node {
  readonly kind: 'explain';
  readonly details: readonly ExplainDetail[];
  readonly statement: SelectStatement | InsertInto | StatementSet;
}

export type Show = Node & { readonly kind: 'show' } & (
    | { readonly what: 'TABLES' | 'VIEWS'; readonly like: ShowLike | undefined }
    | {
        readonly what: 'FUNCTIONS';
        /** SHOW USER FUNCTIONS */
        readonly user: boolean;
        readonly like: ShowLike | undefined;
      }
    | { readonly what: 'COLUMNS'; readonly table: Path; readonly like: ShowLike | undefined }
    | { readonly what: 'CREATE TABLE' | 'CREATE VIEW'; readonly name: Path }
  );

export interface ShowLike extends Node {
  readonly negated: boolean;
  /** ILIKE: letters in any case. */
  readonly ignoreCase: boolean;
  readonly pattern: string;
}

export interface Describe extends Node {
  readonly kind: 'describe';
  readonly extended: boolean;
  readonly name: Path;
}

/** `SET 'key' = 'value'`; without key it lists the settings. */
export interface SetOption extends Node {
  readonly kind: 'set';
  readonly option: OptionNode | undefined;
}

/** `RESET 'key'`; without key all. */
export interface ResetOption extends Node {
  readonly kind: 'reset';
  readonly key: string | undefined;
}

/** A query with what belongs to its whole result. */
export interface Query extends Node {
  readonly kind: 'ordered';
  readonly with: readonly CommonTable[];
  readonly body: QueryBody;
  readonly orderBy: readonly OrderItem[];
  readonly offset: Expression | undefined;
  /** LIMIT n and FETCH FIRST n ROWS ONLY alike; LIMIT ALL is undefined. */
  readonly limit: Expression | undefined;
}

/** Parentheses that say nothing (no WITH, ORDER BY or LIMIT inside) leave no node. */
export type QueryBody = Select | Values | SetOperation | ExplicitTable | Query;

export interface CommonTable extends Node {
  readonly name: Name;
  readonly columns: readonly Name[];
  readonly query: Query;
}

export interface Select extends Node {
  readonly kind: 'select';
  readonly hints: readonly Hint[];
  readonly distinct: boolean;
  readonly items: readonly SelectItem[];
  readonly from: TableExpression | undefined;
  readonly where: Expression | undefined;
  readonly groupBy: GroupBy | undefined;
  readonly having: Expression | undefined;
  /** The WINDOW clause. */
  readonly windows: readonly { readonly name: Name; readonly specification: WindowSpecification }[];
  /** A condition on what OVER computes. */
  readonly qualify: Expression | undefined;
}

export type SelectItem = Node &
  (
    | { readonly kind: 'star'; readonly of: Path | undefined }
    | { readonly kind: 'expression'; readonly expression: Expression; readonly alias: Name | undefined }
  );

export interface GroupBy extends Node {
  /** GROUP BY DISTINCT: equal grouping sets count once. */
  readonly distinct: boolean;
  readonly items: readonly GroupItem[];
}

export type GroupItem = Node &
  (
    | { readonly kind: 'expression'; readonly expression: Expression }
    /** `(a, b)` and `()`: one grouping set, or one element of ROLLUP or CUBE. */
    | { readonly kind: 'set'; readonly expressions: readonly Expression[] }
    | { readonly kind: 'rollup' | 'cube' | 'grouping-sets'; readonly items: readonly GroupItem[] }
  );

/** Rows of equal length; a row of one value may be written without parentheses. */
export interface Values extends Node {
  readonly kind: 'values';
  readonly rows: readonly (readonly Expression[])[];
}

/** UNION and EXCEPT from left to right, INTERSECT binds stronger. */
export interface SetOperation extends Node {
  readonly kind: 'set-operation';
  readonly operator: 'UNION' | 'INTERSECT' | 'EXCEPT';
  readonly all: boolean;
  readonly left: QueryBody;
  readonly right: QueryBody;
}

/** `TABLE t`: all of t. */
export interface ExplicitTable extends Node {
  readonly kind: 'explicit-table';
  readonly name: Path;
}

export interface TableAlias extends Node {
  readonly name: Name;
  readonly columns: readonly Name[];
}

export type TableExpression = Node &
  (
    | {
        readonly kind: 'table';
        readonly name: Path;
        readonly hints: readonly Hint[];
        /** FOR SYSTEM_TIME AS OF this. */
        readonly asOf: Expression | undefined;
        readonly alias: TableAlias | undefined;
      }
    | {
        readonly kind: 'derived';
        readonly lateral: boolean;
        readonly query: Query;
        readonly alias: TableAlias | undefined;
      }
    /** `TABLE(f(...))`, `LATERAL TABLE(f(...))` and `f(...)`: window functions and table functions. */
    | {
        readonly kind: 'table-function';
        readonly lateral: boolean;
        readonly call: Call;
        readonly alias: TableAlias | undefined;
      }
    | {
        readonly kind: 'unnest';
        readonly lateral: boolean;
        readonly operands: readonly Expression[];
        readonly ordinality: boolean;
        readonly alias: TableAlias | undefined;
      }
    | JoinExpression
  );

export type JoinExpression = Node & {
  readonly kind: 'join';
  /** `comma`: `FROM a, b`, a cross join that binds weaker than the others. */
  readonly type: 'comma' | 'cross' | 'inner' | 'left' | 'right' | 'full';
  readonly natural: boolean;
  readonly left: TableExpression;
  readonly right: TableExpression;
  readonly condition:
    | { readonly kind: 'on'; readonly expression: Expression }
    | { readonly kind: 'using'; readonly columns: readonly Name[] }
    | undefined;
};

/** One hint of a comment that begins with a plus sign. */
export interface Hint extends Node {
  /** In upper case. */
  readonly name: string;
  /** `OPTIONS('a' = 'b')` has options, `BROADCAST(t1, t2)` and `NO_X` have values. */
  readonly options: readonly OptionNode[];
  readonly values: readonly string[];
}

import type { Name, Node, Path } from './tree-node.ts';
import type { IntervalQualifier, TypeNode } from './tree-type.ts';
import type { Query } from './tree.ts';

export type ComparisonOperator = '=' | '<>' | '<' | '<=' | '>' | '>=';
export type BinaryOperator = '+' | '-' | '*' | '/' | '%' | '||' | ComparisonOperator | 'AND' | 'OR' | 'OVERLAPS';

/** An expression as written; parentheses leave no node. */
export type Expression = Literal | Operation | Construction | Call | JsonCall | ArgumentNode;

export type ExpressionKind = Expression['kind'];

export type Literal = Node &
  (
    | { readonly kind: 'null' }
    /** UNKNOWN: a NULL of type BOOLEAN. */
    | { readonly kind: 'unknown' }
    | { readonly kind: 'boolean'; readonly value: boolean }
    /** `text` has every digit as written: `12`, `1.50`, `.5`, `1E-3`. With an exponent it is a DOUBLE, else exact. */
    | { readonly kind: 'number'; readonly text: string }
    | { readonly kind: 'string'; readonly value: string }
    /** X'0aff': an even number of hexadecimal digits. */
    | { readonly kind: 'bytes'; readonly hex: string }
    /** DATE '...', TIME '...', TIMESTAMP '...'; the text is not checked. */
    | { readonly kind: 'date' | 'time' | 'timestamp'; readonly text: string }
    /** INTERVAL -'1 02:03' DAY TO MINUTE; `negative`: the sign before the quotes. */
    | {
        readonly kind: 'interval';
        readonly text: string;
        readonly negative: boolean;
        readonly qualifier: IntervalQualifier;
      }
  );

export type Operation = Node &
  /** A name, or names with points: alias and column, column and fields, catalog... The planner says which. */
  (
    | { readonly kind: 'column'; readonly path: Path }
    /** Field of a row that is no name: `(r).a`, `f(x).a`, `a[1].b`. */
    | { readonly kind: 'field'; readonly of: Expression; readonly name: Name }
    /** `of[index]` of an array or a map. */
    | { readonly kind: 'item'; readonly of: Expression; readonly index: Expression }
    | { readonly kind: 'unary'; readonly operator: '-' | '+' | 'NOT'; readonly operand: Expression }
    | {
        readonly kind: 'binary';
        readonly operator: BinaryOperator;
        /** Of the operator itself, for messages about it. */
        readonly operatorAt: Node['at'];
        readonly left: Expression;
        readonly right: Expression;
      }
    /** `(left - right) DAY TO SECOND` */
    | {
        readonly kind: 'time-difference';
        readonly left: Expression;
        readonly right: Expression;
        readonly qualifier: IntervalQualifier;
      }
    | {
        readonly kind: 'is';
        readonly what:
          'NULL' | 'TRUE' | 'FALSE' | 'UNKNOWN' | 'JSON' | 'JSON VALUE' | 'JSON OBJECT' | 'JSON ARRAY' | 'JSON SCALAR';
        readonly negated: boolean;
        readonly operand: Expression;
      }
    | {
        readonly kind: 'distinct-from';
        /** IS NOT DISTINCT FROM */
        readonly negated: boolean;
        readonly left: Expression;
        readonly right: Expression;
      }
    | {
        readonly kind: 'between';
        readonly negated: boolean;
        readonly symmetric: boolean;
        readonly operand: Expression;
        readonly low: Expression;
        readonly high: Expression;
      }
    | {
        readonly kind: 'in';
        readonly negated: boolean;
        readonly operand: Expression;
        readonly list: readonly Expression[];
      }
    | { readonly kind: 'in-query'; readonly negated: boolean; readonly operand: Expression; readonly query: Query }
    /** `a > ALL (...)`; SOME and ANY are the same. */
    | {
        readonly kind: 'quantified';
        readonly operator: ComparisonOperator;
        readonly quantifier: 'SOME' | 'ALL';
        readonly operand: Expression;
        readonly right:
          | { readonly kind: 'list'; readonly list: readonly Expression[] }
          | { readonly kind: 'query'; readonly query: Query };
      }
    | {
        readonly kind: 'like';
        readonly operator: 'LIKE' | 'SIMILAR TO';
        readonly negated: boolean;
        readonly operand: Expression;
        readonly pattern: Expression;
        readonly escape: Expression | undefined;
      }
    | {
        readonly kind: 'case';
        /** CASE operand WHEN value THEN ...; undefined: CASE WHEN condition THEN ... */
        readonly operand: Expression | undefined;
        /** `when`: one value, or several of `CASE x WHEN 1, 2 THEN`. */
        readonly whens: readonly { readonly when: readonly Expression[]; readonly then: Expression }[];
        readonly otherwise: Expression | undefined;
      }
    /** `safe`: TRY_CAST. */
    | { readonly kind: 'cast'; readonly safe: boolean; readonly operand: Expression; readonly type: TypeNode }
    | { readonly kind: 'exists'; readonly query: Query }
    /** A query in the place of a value. */
    | { readonly kind: 'scalar-query'; readonly query: Query }
  );

export type Construction = Node &
  (
    | { readonly kind: 'array'; readonly elements: readonly Expression[] }
    | { readonly kind: 'map'; readonly entries: readonly { readonly key: Expression; readonly value: Expression }[] }
    /** `ROW(a, b)`, and `(a, b)` with `explicit` false. */
    | { readonly kind: 'row'; readonly explicit: boolean; readonly fields: readonly Expression[] }
  );

/**
 * A function call. Functions with a syntax of their own are calls too, with keywords as `symbol`s, in this order:
 * EXTRACT(unit, x) · TRIM(BOTH|LEADING|TRAILING, characters, x), or TRIM(x) as written · SUBSTRING(x, from[, for]) · POSITION(a, in[, from]) ·
 * OVERLAY(x, placing, from[, for]) · CEIL|FLOOR(x[, unit]) · TIMESTAMPADD|TIMESTAMPDIFF(unit, a, b) · CURRENT_DATE and its kind without
 * arguments and with `bare`.
 */
export type Call = Node & {
  readonly kind: 'call';
  /** The last part in upper case: functions are found in any case. CEILING, CHAR_LENGTH, ... stay as written. */
  readonly name: string;
  readonly path: Path;
  readonly arguments: readonly Expression[];
  /** `COUNT(*)`; then there are no arguments. */
  readonly star: boolean;
  /** Written without parentheses: CURRENT_DATE, LOCALTIMESTAMP, ... */
  readonly bare: boolean;
  readonly distinct: boolean;
  readonly filter: Expression | undefined;
  readonly withinGroup: readonly OrderItem[];
  /** LAG(x) IGNORE NULLS OVER ... */
  readonly nulls: 'RESPECT' | 'IGNORE' | undefined;
  readonly over: WindowSpecification | undefined;
};

export interface OrderItem extends Node {
  readonly expression: Expression;
  readonly descending: boolean;
  /** Undefined: not written. Flink: NULLs are smallest, first when ascending. */
  readonly nulls: 'FIRST' | 'LAST' | undefined;
}

/** `OVER (...)`, `OVER w` (only `base`), and what the WINDOW clause names. */
export interface WindowSpecification extends Node {
  readonly base: Name | undefined;
  readonly partitionBy: readonly Expression[];
  readonly orderBy: readonly OrderItem[];
  readonly frame: WindowFrame | undefined;
}

export interface WindowFrame extends Node {
  readonly unit: 'ROWS' | 'RANGE';
  readonly start: FrameBound;
  /** Undefined: only one bound is written, the other is the current row. */
  readonly end: FrameBound | undefined;
}

export type FrameBound = Node &
  (
    | { readonly kind: 'unbounded-preceding' | 'unbounded-following' | 'current-row' }
    | { readonly kind: 'preceding' | 'following'; readonly offset: Expression }
  );

/** `undefined` anywhere below: not written. */
export type JsonCall = Node &
  (
    | {
        readonly kind: 'json-value';
        readonly input: Expression;
        readonly path: Expression;
        readonly returning: TypeNode | undefined;
        readonly onEmpty: JsonBehavior | undefined;
        readonly onError: JsonBehavior | undefined;
      }
    | {
        readonly kind: 'json-query';
        readonly input: Expression;
        readonly path: Expression;
        readonly returning: TypeNode | undefined;
        /** WITH [UNCONDITIONAL] WRAPPER is 'UNCONDITIONAL'. */
        readonly wrapper: 'WITHOUT' | 'CONDITIONAL' | 'UNCONDITIONAL' | undefined;
        readonly onEmpty: JsonBehavior | undefined;
        readonly onError: JsonBehavior | undefined;
      }
    | {
        readonly kind: 'json-exists';
        readonly input: Expression;
        readonly path: Expression;
        readonly onError: 'TRUE' | 'FALSE' | 'UNKNOWN' | 'ERROR' | undefined;
      }
    | { readonly kind: 'json-object'; readonly entries: readonly JsonEntry[]; readonly onNull: JsonNulls | undefined }
    | { readonly kind: 'json-array'; readonly elements: readonly Expression[]; readonly onNull: JsonNulls | undefined }
    | { readonly kind: 'json-objectagg'; readonly entry: JsonEntry; readonly onNull: JsonNulls | undefined }
    | {
        readonly kind: 'json-arrayagg';
        readonly element: Expression;
        readonly orderBy: readonly OrderItem[];
        readonly onNull: JsonNulls | undefined;
      }
  );

export interface JsonEntry extends Node {
  readonly key: Expression;
  readonly value: Expression;
}

export type JsonNulls = 'NULL' | 'ABSENT';

export type JsonBehavior = Node &
  (
    | { readonly kind: 'NULL' | 'ERROR' | 'EMPTY ARRAY' | 'EMPTY OBJECT' }
    | { readonly kind: 'DEFAULT'; readonly value: Expression }
  );

/** What stands only as an argument of a call. */
export type ArgumentNode = Node &
  /** A keyword: a unit (`DAY`, `MILLISECOND`, `DOW`, ...), BOTH, LEADING, TRAILING. */
  (
    | { readonly kind: 'symbol'; readonly value: string }
    /** `DATA => TABLE t` */
    | { readonly kind: 'named-argument'; readonly name: Name; readonly value: Expression }
    /** DEFAULT */
    | { readonly kind: 'default' }
    /** DESCRIPTOR(ts) */
    | { readonly kind: 'descriptor'; readonly columns: readonly Name[] }
    /** `TABLE t` and `(SELECT ...)`, with PARTITION BY and ORDER BY of the argument. */
    | {
        readonly kind: 'table-argument';
        readonly table:
          { readonly kind: 'table'; readonly name: Path } | { readonly kind: 'query'; readonly query: Query };
        readonly partitionBy: readonly Expression[];
        readonly orderBy: readonly OrderItem[];
      }
  );

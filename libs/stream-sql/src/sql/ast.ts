import type { Position } from './problem.ts';

/** The tree of a text as it was written: names not resolved, types not known. Every node says where it stands. */
export interface Name {
  readonly name: string;
  readonly at: Position;
}

/** A type as written, for example `DECIMAL(18, 2) NOT NULL` or `ROW<a INT>`. */
export interface TypeNode {
  readonly at: Position;
  readonly name: string;
  readonly parameters: readonly number[];
  readonly fields: readonly { readonly name: Name; readonly type: TypeNode }[];
  readonly arguments: readonly TypeNode[];
  readonly nullable: boolean;
}

export type BinaryOperator = '+' | '-' | '*' | '/' | '%' | '||' | '=' | '<>' | '<' | '<=' | '>' | '>=' | 'AND' | 'OR';

export type Expression = { readonly at: Position } & (
  | { readonly kind: 'null' }
  | { readonly kind: 'boolean'; readonly value: boolean }
  /** `text` has every digit as written. */
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'timestamp'; readonly text: string }
  | { readonly kind: 'interval'; readonly ms: number }
  | { readonly kind: 'column'; readonly path: readonly Name[] }
  | { readonly kind: 'unary'; readonly operator: '-' | '+' | 'NOT'; readonly operand: Expression }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
    }
  | {
      readonly kind: 'is';
      readonly what: 'NULL' | 'TRUE' | 'FALSE' | 'UNKNOWN';
      readonly negated: boolean;
      readonly operand: Expression;
    }
  | { readonly kind: 'distinct-from'; readonly negated: boolean; readonly left: Expression; readonly right: Expression }
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
  | {
      readonly kind: 'like';
      readonly negated: boolean;
      readonly operand: Expression;
      readonly pattern: Expression;
      readonly escape: Expression | undefined;
    }
  | {
      readonly kind: 'case';
      readonly operand: Expression | undefined;
      readonly whens: readonly { readonly when: Expression; readonly then: Expression }[];
      readonly otherwise: Expression | undefined;
    }
  | { readonly kind: 'cast'; readonly safe: boolean; readonly operand: Expression; readonly type: TypeNode }
  | {
      readonly kind: 'call';
      readonly name: string;
      readonly arguments: readonly Expression[];
      readonly distinct: boolean;
      /** `COUNT(*)` */
      readonly star: boolean;
      readonly filter: Expression | undefined;
    }
);

export type ColumnNode =
  | { readonly kind: 'physical'; readonly name: Name; readonly type: TypeNode }
  | {
      readonly kind: 'metadata';
      readonly name: Name;
      readonly type: TypeNode;
      readonly key: string;
      readonly virtual: boolean;
    }
  | { readonly kind: 'computed'; readonly name: Name; readonly expression: Expression };

export interface OptionNode {
  readonly key: string;
  readonly value: string;
  readonly at: Position;
}

export interface CreateTable {
  readonly kind: 'create-table';
  readonly at: Position;
  readonly name: Name;
  readonly columns: readonly ColumnNode[];
  readonly watermark: { readonly column: Name; readonly expression: Expression; readonly at: Position } | undefined;
  readonly primaryKey: readonly Name[];
  readonly options: readonly OptionNode[];
}

export interface SetOption {
  readonly kind: 'set';
  readonly at: Position;
  readonly key: string;
  readonly value: string;
}

export type TableNode =
  | { readonly kind: 'table'; readonly name: Name; readonly alias: Name | undefined }
  | {
      readonly kind: 'window';
      readonly at: Position;
      readonly function: 'TUMBLE';
      readonly table: Name;
      readonly timeColumn: Name;
      readonly sizeMs: number;
      readonly offsetMs: number;
      readonly alias: Name | undefined;
    };

/** `[LEFT] JOIN table FOR SYSTEM_TIME AS OF asOf [AS alias] ON condition`: a lookup join. */
export interface JoinNode {
  readonly at: Position;
  readonly kind: 'inner' | 'left';
  readonly table: Name;
  readonly asOf: Expression;
  readonly alias: Name | undefined;
  readonly on: Expression;
}

export type SelectItem =
  | { readonly kind: 'star'; readonly at: Position }
  | { readonly kind: 'expression'; readonly expression: Expression; readonly alias: Name | undefined };

export interface Select {
  readonly at: Position;
  readonly items: readonly SelectItem[];
  readonly from: TableNode;
  readonly join: JoinNode | undefined;
  readonly where: Expression | undefined;
  readonly groupBy: readonly Expression[];
  readonly having: Expression | undefined;
}

export interface InsertInto {
  readonly kind: 'insert';
  readonly at: Position;
  readonly table: Name;
  readonly columns: readonly Name[] | undefined;
  readonly query: Select;
}

export type Statement = CreateTable | SetOption | InsertInto;

import type { DataType, TypeKind } from '../../values/data-type.ts';
import type { Changelog } from '../plan.ts';

/** What a table may be used as. */
export type Role = 'source' | 'sink' | 'lookup';

/** The values that an option takes. */
export type OptionValue =
  | { readonly kind: 'text'; readonly pattern?: RegExp; readonly example?: string }
  | { readonly kind: 'integer'; readonly min: number; readonly max: number }
  | { readonly kind: 'number'; readonly min: number; readonly max: number }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'duration'; readonly minMs?: number; readonly maxMs?: number }
  | { readonly kind: 'one-of'; readonly values: readonly string[] };

/** One option of WITH (...), under Flink's name where Flink has it. */
export interface OptionDescription {
  /** A name; `*` stands for one part between dots or, at the end, for all that follows: `fields.*.kind`, `properties.*`. */
  readonly key: string;
  readonly value: OptionValue;
  /** Filled in where the text does not give it. */
  readonly default?: string;
  /** Must be given when the table is used as one of these. */
  readonly required?: readonly Role[];
  /** Shown to people (documentation, completion). */
  readonly about: string;
  /** The option means the outside world, which is the platform's where a job belongs to a project: refused there. */
  readonly platform?: true;
}

/** A column that is not in the record itself: METADATA FROM 'key'. */
export interface MetadataDescription {
  readonly key: string;
  readonly type: DataType;
  /** Whether a sink writes it; else the column must be VIRTUAL where the table is written. */
  readonly writable: boolean;
}

/** What a connector can do, as data: the planner checks tables against it, the console completes by it. */
export interface ConnectorDescription {
  readonly name: string;
  readonly about: string;
  readonly options: readonly OptionDescription[];
  readonly formats: readonly FormatDescription[];
  readonly metadata: readonly MetadataDescription[];
  readonly source?: {
    /** Options decide: `scan.bounded.mode`. */
    bounded(options: Readonly<Record<string, string>>): boolean;
    /** The changes that its rows bring; absent: append. */
    changelog?(options: Readonly<Record<string, string>>): Changelog;
  };
  readonly sink?: {
    /** `append`: only new rows. `upsert`: rows that replace each other by the primary key. `retract`: any changes, without a key too. */
    readonly accepts: Changelog;
    readonly primaryKey: 'needed' | 'allowed' | 'refused';
    /** Rows are dropped, so that no key of theirs matters. */
    readonly dropsRows?: true;
    /** What is wrong with writing these columns (by their indices). */
    writeProblem?(table: Pick<DeclaredTable, 'columns'>, written: readonly number[]): TableProblem | undefined;
    /** Whether INSERT INTO may name some columns and leave the others as they are. */
    readonly partial?: true;
  };
  readonly lookup?: {
    /** `primary-key`: all columns of the primary key and no others. `any`: at least one column. */
    readonly keys: 'primary-key' | 'any';
    /** Columns of the answer may be NULL even where they are declared NOT NULL. */
    readonly nullable?: true;
  };
  /** Kinds of types that a column of such a table may have; absent: all that exist. */
  readonly types?: readonly TypeKind[];
  /** Options of Flink that are known and not there: prefix of the name, and what to do instead. */
  readonly refused: readonly (readonly [prefix: string, hint: string])[];
  /** What no description says. Reports the first thing that is wrong. */
  check?(table: DeclaredTable): TableProblem | undefined;
}

export interface FormatDescription {
  readonly name: string;
  /** The changes that its records bring and take; absent: new rows only. */
  readonly changelog?: Changelog;
  readonly options: readonly OptionDescription[];
}

/** A table as far as a connector's own check looks at it. */
export interface DeclaredTable {
  readonly name: string;
  readonly options: Readonly<Record<string, string>>;
  /** Whether the text gives the option, rather than its default. */
  isGiven(key: string): boolean;
  readonly columns: readonly {
    readonly name: string;
    readonly type: DataType;
    readonly kind: 'physical' | 'metadata' | 'computed';
  }[];
  readonly primaryKey: readonly string[];
  readonly hasWatermark: boolean;
  /** The project that the job belongs to; null outside of the platform. */
  readonly project: string | null;
}

/** Something wrong with a declared table; `at` says where: an option, a column, or the table's name. */
export interface TableProblem {
  readonly at: { readonly option: string } | { readonly column: string } | 'table' | 'primary-key' | 'watermark';
  readonly message: string;
  readonly hint: string;
}

/** A stretch of the text. Lines and columns count from 1, columns in UTF-16 units as editors do; the end is where the next character stands. */
export interface Span {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

export interface Node {
  readonly at: Span;
}

/** An identifier, without its back-ticks. Names of columns and tables are compared letter by letter, as Flink does. */
export interface Name extends Node {
  readonly name: string;
}

/** `a.b.c`: at least one name. */
export type Path = readonly Name[];

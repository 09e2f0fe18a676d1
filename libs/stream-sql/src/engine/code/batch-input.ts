import type { DataType } from '../../values/data-type.ts';
import type { BatchColumn, ColumnBatch } from '../column-batch.ts';
import type { CodeWriter } from './code-writer.ts';
import type { Input, Source } from './input.ts';

/** What the access code depends on: the kinds of a batch's columns. Batches of one shape share one generated loop. */
export function batchShape(batch: ColumnBatch): string {
  return batch.columns.map(columnShape).join('');
}

function columnShape(column: BatchColumn | undefined): string {
  if (column === undefined) return '-';
  return column.kind === 'row' ? `(${column.fields.map(columnShape).join('')})` : column.kind[0]!;
}

const INTEGERS: readonly string[] = ['BIGINT', 'DECIMAL', 'TIMESTAMP', 'TIMESTAMP_LTZ'];
const encoder = new TextEncoder();

/**
 * Columns of a batch at row `i`. Declares, before the loop, a name for each array that is used: `batch` is the batch's name there. Only what
 * is asked for is declared, so this input is made first and its declarations are taken (`prologue`) when the loop is written.
 */
export class BatchInput implements Input {
  readonly prologue: string[] = [];
  private readonly batch: ColumnBatch;
  private readonly writer: CodeWriter;
  private readonly declared = new Map<string, string>();

  /** `batch` is one of the shape that code is made for. */
  constructor(batch: ColumnBatch, writer: CodeWriter) {
    this.batch = batch;
    this.writer = writer;
  }

  column(index: number, type: DataType): Source {
    return {
      kind: 'code',
      code: this.code(this.batch.columns[index], `batch.columns[${index}]`, type),
      nullable: type.nullable,
    };
  }

  field(index: number, path: readonly number[], type: DataType): Source | undefined {
    let column = this.batch.columns[index];
    let at = `batch.columns[${index}]`;
    const nulls: string[] = [];
    for (const field of path) {
      if (column?.kind !== 'row') return undefined;
      nulls.push(`${this.nameOf(`${at}.nulls`)}[i] !== 0`);
      column = column.fields[field];
      at += `.fields[${field}]`;
    }
    return {
      kind: 'code',
      code: `${nulls.join(' || ')} ? null : ${this.code(column, at, { ...type, nullable: true })}`,
      nullable: true,
    };
  }

  isText(index: number, text: string): { readonly test: string; readonly isNull: string } | undefined {
    const column = this.batch.columns[index];
    if (column?.kind !== 'text') return undefined;
    const at = `batch.columns[${index}]`;
    const bytes = this.writer.bind(encoder.encode(text), 'utf8');
    return { test: `${this.nameOf(at)}.is(i, ${bytes})`, isNull: `${this.nameOf(`${at}.nulls`)}[i] !== 0` };
  }

  private nameOf(path: string): string {
    let name = this.declared.get(path);
    if (name === undefined) {
      name = `b${this.declared.size}`;
      this.declared.set(path, name);
      this.prologue.push(`const ${name} = ${path};`);
    }
    return name;
  }

  private code(column: BatchColumn | undefined, at: string, type: DataType): string {
    if (column === undefined) return 'null';
    const value = this.value(column, at, type);
    return type.nullable ? `(${this.nameOf(`${at}.nulls`)}[i] !== 0 ? null : ${value})` : value;
  }

  private value(column: BatchColumn, at: string, type: DataType): string {
    switch (column.kind) {
      case 'number': {
        const value = `${this.nameOf(`${at}.values`)}[i]`;
        if (!INTEGERS.includes(type.kind)) return value;
        const big = this.nameOf(`${at}.big.size === 0 ? null : ${at}.big`);
        return `(${big} === null ? ${value} : ${big}.get(i) ?? ${value})`;
      }
      case 'boolean':
        return `(${this.nameOf(`${at}.values`)}[i] !== 0)`;
      case 'text':
        return `${this.nameOf(at)}.at(i)`;
      case 'value':
        return `${this.nameOf(`${at}.values`)}[i]`;
      case 'row': {
        if (type.kind !== 'ROW') throw new Error(`a batch has fields for a column of type ${type.kind}`);
        const fields = type.fields.map((field, i) => this.code(column.fields[i], `${at}.fields[${i}]`, field.type));
        return `[${fields.join(', ')}]`;
      }
    }
  }
}

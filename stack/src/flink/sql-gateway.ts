import { setTimeout as sleep } from 'node:timers/promises';

export type RowKind = '+I' | '-U' | '+U' | '-D';

/** A column as the gateway describes it: Flink's logical type as JSON. */
export interface GatewayColumn {
  readonly name: string;
  readonly logicalType: LogicalType;
}

export interface LogicalType {
  readonly type: string;
  readonly nullable: boolean;
  readonly length?: number;
  readonly precision?: number;
  readonly scale?: number;
  readonly resolution?: string;
  readonly fractionalPrecision?: number;
  readonly elementType?: LogicalType;
  readonly keyType?: LogicalType;
  readonly valueType?: LogicalType;
  readonly fields?: readonly { readonly name: string; readonly fieldType: LogicalType }[];
}

/** A row of a result: how it changes the result, and each value in the text that CAST(... AS STRING) gives. */
export interface GatewayRow {
  readonly kind: RowKind;
  readonly fields: readonly (string | null)[];
}

export type StatementResult =
  | {
      readonly kind: 'ok';
      readonly columns: readonly GatewayColumn[];
      readonly rows: readonly GatewayRow[];
      /** Of the job that the statement submitted. */
      readonly jobId: string | undefined;
    }
  | {
      readonly kind: 'failed';
      /** The innermost cause, `java.lang.ArithmeticException: Division by zero`. */
      readonly message: string;
      /** `planning`: no job was submitted. */
      readonly stage: 'planning' | 'running';
      readonly jobId: string | undefined;
    };

export interface ExecuteOptions {
  /** Rows so far, while a statement is running; answers whether to stop it. */
  readonly enough?: (rows: readonly GatewayRow[]) => boolean;
  /** After this long the operation is cancelled and the result is a failure. */
  readonly timeoutMs?: number;
}

const KINDS: Readonly<Record<string, RowKind>> = {
  INSERT: '+I',
  UPDATE_BEFORE: '-U',
  UPDATE_AFTER: '+U',
  DELETE: '-D',
};

interface ResultBody {
  readonly resultType: 'NOT_READY' | 'PAYLOAD' | 'EOS';
  readonly nextResultUri?: string;
  readonly jobID?: string;
  readonly results?: {
    readonly columns: readonly GatewayColumn[];
    readonly data: readonly { readonly kind: string; readonly fields: readonly (string | null)[] }[];
  };
}

/** One session of a SQL Gateway: tables, views and settings live as long as it does. */
export class GatewaySession {
  private readonly base: string;

  private constructor(base: string) {
    this.base = base;
  }

  static async open(gatewayUrl: string, properties: Readonly<Record<string, string>> = {}): Promise<GatewaySession> {
    // From the second version of its API on the gateway gives rows as text.
    const sessions = `${gatewayUrl}/v3/sessions`;
    const opened = await ask<{ sessionHandle: string }>('POST', sessions, { properties });
    if (opened.kind === 'failed') throw new Error(`the SQL Gateway opens no session: ${opened.message}`);
    return new GatewaySession(`${sessions}/${opened.body.sessionHandle}`);
  }

  /** Executes one statement and fetches its whole result. An INSERT's ends at its submission unless `table.dml-sync` is true. */
  async execute(statement: string, options: ExecuteOptions = {}): Promise<StatementResult> {
    const { enough, timeoutMs = 120_000 } = options;
    const deadline = performance.now() + timeoutMs;
    const submitted = await ask<{ operationHandle: string }>('POST', `${this.base}/statements`, { statement });
    if (submitted.kind === 'failed') {
      return { kind: 'failed', message: submitted.message, stage: 'planning', jobId: undefined };
    }
    const operation = `${this.base}/operations/${submitted.body.operationHandle}`;
    const rows: GatewayRow[] = [];
    let columns: readonly GatewayColumn[] = [];
    let jobId: string | undefined;
    let token = 0;
    try {
      for (let idle = 0; ;) {
        const answer = await ask<ResultBody>('GET', `${operation}/result/${token}?rowFormat=PLAIN_TEXT`);
        if (answer.kind === 'failed') {
          const { message, ofJob } = answer;
          return { kind: 'failed', message, stage: ofJob || jobId !== undefined ? 'running' : 'planning', jobId };
        }
        const { resultType, results, nextResultUri, jobID } = answer.body;
        jobId = jobID ?? jobId;
        if (results !== undefined) {
          columns = results.columns;
          for (const { kind, fields } of results.data) rows.push({ kind: KINDS[kind] ?? '+I', fields });
        }
        if (resultType === 'EOS' || enough?.(rows) === true) return { kind: 'ok', columns, rows, jobId };
        if (performance.now() > deadline) {
          await ask('POST', `${operation}/cancel`);
          return { kind: 'failed', message: `no end after ${timeoutMs / 1000} s`, stage: 'running', jobId };
        }
        if (nextResultUri !== undefined) token = Number(/\/result\/(\d+)/.exec(nextResultUri)?.[1] ?? token);
        idle = results === undefined || results.data.length === 0 ? idle + 1 : 0;
        if (idle > 0) await sleep(Math.min(5 + idle, 50));
      }
    } finally {
      await ask('DELETE', `${operation}/close`);
    }
  }

  async close(): Promise<void> {
    await ask('DELETE', this.base);
  }
}

type Answer<T> =
  | { readonly kind: 'ok'; readonly body: T }
  /** `ofJob`: it was a job that failed, and the gateway waited for it. */
  | { readonly kind: 'failed'; readonly message: string; readonly ofJob: boolean };

async function ask<T>(method: 'GET' | 'POST' | 'DELETE', url: string, body?: unknown): Promise<Answer<T>> {
  const response = await fetch(url, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (response.ok) return { kind: 'ok', body: JSON.parse(text) as T };
  return { kind: 'failed', message: innermostCause(text), ofJob: /JobExecutionException|Job failed/.test(text) };
}

/** What a failed request's stack begins with at its innermost: the last `Caused by:`, to the end of its message. */
export function innermostCause(text: string): string {
  let stack = text;
  try {
    stack = (JSON.parse(text) as { errors: string[] }).errors.at(-1) ?? text;
  } catch {
    // Not the gateway's own answer.
  }
  const causes = stack.split(/^Caused by: /m);
  return (causes.at(-1) ?? stack).split(/\n\s*(?:at |\.\.\. \d)/)[0]!.trim();
}

/** A logical type as SQL: `DECIMAL(10, 2) NOT NULL`, `ROW<a INT, b STRING>`. */
export function typeText(type: LogicalType): string {
  return type.nullable ? bareTypeText(type) : `${bareTypeText(type)} NOT NULL`;
}

const LONGEST = 2_147_483_647;

function bareTypeText(type: LogicalType): string {
  const { length, precision, scale, elementType, keyType, valueType, fields } = type;
  switch (type.type) {
    case 'INTEGER':
      return 'INT';
    case 'CHAR':
    case 'BINARY':
      return `${type.type}(${length ?? 1})`;
    case 'VARCHAR':
      return length === LONGEST ? 'STRING' : `VARCHAR(${length ?? 1})`;
    case 'VARBINARY':
      return length === LONGEST ? 'BYTES' : `VARBINARY(${length ?? 1})`;
    case 'DECIMAL':
      return `DECIMAL(${precision ?? 10}, ${scale ?? 0})`;
    case 'TIME_WITHOUT_TIME_ZONE':
      return `TIME(${precision ?? 0})`;
    case 'TIMESTAMP_WITHOUT_TIME_ZONE':
      return `TIMESTAMP(${precision ?? 6})`;
    case 'TIMESTAMP_WITH_LOCAL_TIME_ZONE':
      return `TIMESTAMP_LTZ(${precision ?? 6})`;
    case 'ARRAY':
    case 'MULTISET':
      return `${type.type}<${elementType === undefined ? '?' : typeText(elementType)}>`;
    case 'MAP':
      return `MAP<${[keyType, valueType].map((each) => (each === undefined ? '?' : typeText(each))).join(', ')}>`;
    case 'ROW':
      return `ROW<${(fields ?? []).map((field) => `${field.name} ${typeText(field.fieldType)}`).join(', ')}>`;
    case 'INTERVAL_YEAR_MONTH':
    case 'INTERVAL_DAY_TIME':
      return `INTERVAL ${(type.resolution ?? type.type).replaceAll('_', ' ')}`;
    default:
      return type.type;
  }
}

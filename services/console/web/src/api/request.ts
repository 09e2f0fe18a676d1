import type { Problem } from '@hermes/contracts/problem';

/** The console's or a service's refusal, or `offline` when nothing answered. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string, detail: string) {
    super(detail);
    this.status = status;
    this.code = code;
  }
}

const isProblem = (value: unknown): value is Problem =>
  typeof value === 'object' && value !== null && 'code' in value && 'detail' in value;

/**
 * One call to the console's own origin.
 *
 * @throws RequestError
 */
export async function request<T>(
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  body?: unknown,
  signal?: AbortSignal,
): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      headers: {
        accept: 'application/json',
        'x-hermes-request': '1',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new RequestError(0, 'offline', 'The console does not answer.');
  }
  const text = await response.text();
  const value: unknown = text === '' ? undefined : readJson(text);
  if (response.ok) return value as T;
  throw isProblem(value)
    ? new RequestError(response.status, value.code, value.detail)
    : new RequestError(response.status, 'defect', `The console answered ${response.status}.`);
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

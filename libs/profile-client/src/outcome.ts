import { parseJson } from './parse-json.ts';

/** Why there is no answer although nothing is wrong with the question. */
export type UnavailableCause =
  /** `timeoutMs` is over. */
  | 'time-limit'
  /** Not reached, or the connection broke. */
  | 'connection'
  /** The service, or what stands before it, said so (5xx). */
  | 'service'
  /** An answer came that is not profile-store's. */
  | 'unreadable'
  /** The client has been closed. */
  | 'closed';

interface Explained {
  /** For people: what is wrong and what to do. */
  readonly detail: string;
  /** Requests that were sent for this outcome. */
  readonly attempts: number;
}

/** Everything that a call may end in besides an answer. None of these is a profile: an application decides what to do without one. */
export type Failure = Explained &
  (
    | { readonly kind: 'unknown-feature'; readonly didYouMean: readonly string[] }
    /** 401: the key is not known (any more). 403: the key may not do this, or not with these features. */
    | { readonly kind: 'forbidden'; readonly status: number; readonly code: string }
    /** The key has read as many profiles as it may for now. Milliseconds; undefined when the service did not say. */
    | { readonly kind: 'quota'; readonly retryAfterMs: number | undefined }
    | {
        readonly kind: 'unavailable';
        readonly cause: UnavailableCause;
        readonly status?: number;
        /** When the service said when to come back. Milliseconds. */
        readonly retryAfterMs?: number;
        readonly error?: unknown;
      }
    /** Any other 4xx: the question is wrong, for example `invalid-subject`, or a project that does not exist (404). */
    | { readonly kind: 'refused'; readonly status: number; readonly code: string }
    /** The caller's signal ended the call. */
    | { readonly kind: 'aborted' }
  );

type WithoutAttempts<T> = T extends unknown ? Omit<T, 'attempts'> : never;
/** A failure before anybody has counted. */
export type BareFailure = WithoutAttempts<Failure>;

/** An answer, or why there is none. */
export type Result<T> = ({ readonly kind: 'ok'; readonly attempts: number } & T) | Failure;

/** What one attempt came to. `again`: the same request may succeed later, not before `retryAfterMs`. */
export type Tried<T> =
  | { readonly kind: 'ok'; readonly value: T }
  | {
      readonly kind: 'failed';
      readonly failure: BareFailure;
      readonly again: boolean;
      readonly retryAfterMs?: number;
    };

/**
 * Milliseconds that a Retry-After header asks for: seconds, or an HTTP date; undefined without a readable one.
 *
 * @param nowMs - wall time, for dates
 */
export function retryAfterMsOf(header: string | readonly string[] | undefined, nowMs: number): number | undefined {
  const text = (typeof header === 'string' ? header : header?.[0])?.trim();
  if (text === undefined || text === '') return undefined;
  if (/^\d+$/.test(text)) return Number(text) * 1_000;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.max(at - nowMs, 0);
}

const stringsIn = (value: unknown): readonly string[] => {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
};

interface ProblemWords {
  readonly code: string;
  readonly detail: string;
  readonly didYouMean: readonly string[];
}

/** Reads a problem document leniently: an error must be told even when a proxy wrote it. */
function problemOf(status: number, body: string): ProblemWords {
  const { code, detail, didYouMean } = (parseJson(body) ?? {}) as Readonly<Record<string, unknown>>;
  return {
    code: typeof code === 'string' ? code : 'unknown',
    detail: typeof detail === 'string' ? detail : `HTTP ${status}: ${body.slice(0, 200)}`,
    didYouMean: stringsIn(didYouMean),
  };
}

const PASSING = new Set([502, 503, 504]);

/** What an answer other than 2xx means. Pure. */
export function failedBy(
  status: number,
  body: string,
  retryAfterMs: number | undefined,
): Tried<never> & { kind: 'failed' } {
  const { code, detail, didYouMean } = problemOf(status, body);
  const final = (failure: BareFailure): Tried<never> & { kind: 'failed' } => ({
    kind: 'failed',
    failure,
    again: false,
  });
  const when = retryAfterMs === undefined ? {} : { retryAfterMs };
  // Without a word when to come back, another try would only be refused again.
  if (status === 429) {
    const again = retryAfterMs !== undefined;
    return { kind: 'failed', failure: { kind: 'quota', detail, retryAfterMs }, again, ...when };
  }
  if (status === 401 || status === 403) return final({ kind: 'forbidden', status, code, detail });
  if (code === 'unknown-feature') return final({ kind: 'unknown-feature', didYouMean, detail });
  if (status >= 400 && status < 500) return final({ kind: 'refused', status, code, detail });
  const cause = status >= 500 ? 'service' : 'unreadable';
  const failure: BareFailure = { kind: 'unavailable', cause, status, detail, ...when };
  return { kind: 'failed', failure, again: PASSING.has(status), ...when };
}

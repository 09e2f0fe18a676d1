/** What holds for every item of one request. */
export interface Receipt {
  readonly project: string;
  /** ISO 8601 in UTC with milliseconds: the instant at which the request was read. */
  readonly receivedAt: string;
}

/** Any ISO 8601 instant as ISO 8601 in UTC with milliseconds. */
export const utcMilliseconds = (instant: string): string => new Date(instant).toISOString();

/** A value in a trace takes at most so many characters of JSON: a trace explains, it is not a second copy of the event. */
export const MAX_TRACE_VALUE_LENGTH = 512;

/** What stands for a value that is too long: its length as JSON, and how it begins. */
export interface CutValue {
  readonly $cut: number;
  readonly begins: string;
}

/** The value itself, or its mark when its JSON is longer than a trace may hold. */
export function cutValue(value: unknown): unknown {
  if (typeof value !== 'string' && (typeof value !== 'object' || value === null)) return value;
  if (typeof value === 'string' && value.length <= MAX_TRACE_VALUE_LENGTH) return value;
  const json = JSON.stringify(value);
  if (json.length <= MAX_TRACE_VALUE_LENGTH) return value;
  return { $cut: json.length, begins: json.slice(0, 64) } satisfies CutValue;
}

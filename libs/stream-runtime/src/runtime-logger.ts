/** What the runtime needs of a logger; a pino logger fits. */
export interface RuntimeLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Without a logger: nothing below an error, and errors as one JSON line on stderr. */
export const stderrLogger: RuntimeLogger = {
  info: () => undefined,
  warn: () => undefined,
  error: (fields, message) => {
    const err = (fields as { readonly err?: unknown }).err;
    process.stderr.write(
      `${JSON.stringify({ level: 'error', message, ...fields, err: err instanceof Error ? err.message : err })}\n`,
    );
  },
};

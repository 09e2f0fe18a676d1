import type { z } from 'zod';

/** Bytes that this code cannot read: they are left alone, never guessed at. */
export class StateCodecError extends Error {
  override readonly name = 'StateCodecError';
}

/** A check's state as bytes: one byte of version, then JSON. The same state always gives the same bytes. */
export interface StateCodec<State> {
  encode(state: State): Buffer;
  /** @throws StateCodecError on another version, or what is no state of this check */
  decode(bytes: Uint8Array): State;
}

/**
 * @param name - of the check, for errors
 * @param version - 1 to 255; a change of shape takes the next one
 */
export function stateCodec<State>(name: string, version: number, schema: z.ZodType<State>): StateCodec<State> {
  return {
    encode(state) {
      return Buffer.concat([Buffer.of(version), Buffer.from(JSON.stringify(state))]);
    },
    decode(bytes) {
      if (bytes[0] !== version)
        throw new StateCodecError(
          `The state of ${name} has version ${String(bytes[0] ?? 'none')}; this code reads ${String(version)}.`,
        );
      let json: unknown;
      try {
        json = JSON.parse(Buffer.from(bytes.subarray(1)).toString('utf8'));
      } catch (cause) {
        throw new StateCodecError(`The state of ${name} is not JSON.`, { cause });
      }
      const read = schema.safeParse(json);
      if (read.success) return read.data;
      throw new StateCodecError(`The state of ${name} has another shape: ${read.error.message}`);
    },
  };
}

import type { StateCodec } from '../logic.ts';

export const codecOf = (): StateCodec<number> => ({
  encode: (value) => Buffer.from(String(value)),
  decode: (bytes) => Number(bytes.toString()),
});

import { Buffer } from 'node:buffer';

/** Bytes of their base64 text; undefined when it is none. */
export const base64Bytes = (text: string): Uint8Array | undefined =>
  /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)
    ? new Uint8Array(Buffer.from(text, 'base64'))
    : undefined;

export const base64Text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

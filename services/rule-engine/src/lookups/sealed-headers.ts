import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

export type Headers = Readonly<Record<string, string>>;

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Headers that travel and are kept encrypted (AES-256-GCM under a key of the secret that Hermes' services share): nonce, tag and text, in base64url. A copy of
 * the database or of a topic says nothing of them.
 */
export class HeaderSeal {
  private readonly key: Buffer | undefined;

  /** @param serviceSecret - without one nothing can be sealed */
  constructor(serviceSecret: string | undefined) {
    this.key =
      serviceSecret === undefined
        ? undefined
        : Buffer.from(hkdfSync('sha256', serviceSecret, '', 'hermes/rule-engine/lookup-headers', 32));
  }

  get isAble(): boolean {
    return this.key !== undefined;
  }

  /** @throws Error without a secret */
  seal(headers: Headers): string {
    if (this.key === undefined) throw new Error('there is no HERMES_SERVICE_SECRET to seal headers with');
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(ALGORITHM, this.key, nonce);
    const text = Buffer.concat([cipher.update(JSON.stringify(headers), 'utf8'), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), text]).toString('base64url');
  }

  /** Undefined for what was sealed with another secret: the headers have to be given anew. */
  open(sealed: string): Headers | undefined {
    const bytes = Buffer.from(sealed, 'base64url');
    if (this.key === undefined) return undefined;
    try {
      const decipher = createDecipheriv(ALGORITHM, this.key, bytes.subarray(0, NONCE_BYTES));
      decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
      const text = Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]);
      return JSON.parse(text.toString('utf8')) as Headers;
    } catch {
      return undefined;
    }
  }
}

import { parseCookie, stringifySetCookie } from 'cookie';
import type { FastifyRequest } from 'fastify';

/** How the session's cookie is called and set; `secure` behind TLS. */
export class SessionCookie {
  private readonly name: string;
  private readonly secure: boolean;
  constructor(secure: boolean) {
    this.secure = secure;
    this.name = secure ? '__Host-hermes_session' : 'hermes_session';
  }

  /** The session token of a request, or undefined. */
  read(request: Pick<FastifyRequest, 'headers'>): string | undefined {
    return parseCookie(request.headers.cookie ?? '')[this.name];
  }

  /** Value of `Set-Cookie` that keeps the token until `expires`. */
  set(token: string, expires: Date): string {
    return this.header(token, expires);
  }

  /** Value of `Set-Cookie` that forgets it. */
  clear(): string {
    return this.header('', new Date(0));
  }

  private header(value: string, expires: Date): string {
    return stringifySetCookie({
      name: this.name,
      value,
      expires,
      path: '/',
      httpOnly: true,
      sameSite: 'strict',
      secure: this.secure,
    });
  }
}

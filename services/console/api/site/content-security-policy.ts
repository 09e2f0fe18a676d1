/**
 * The page's Content-Security-Policy. Scripts come from the console only, none inline. Ant Design writes its styles as the
 * page runs, so style elements carry the page's nonce; style attributes (the chart's tooltip) are allowed. Pure.
 */
export const contentSecurityPolicy = (nonce: string): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');

/** The key, or a function that gives the current one (for tokens that end). */
export type Credential = string | (() => string | Promise<string>);

/** Where a project's profiles are, and who asks. */
export interface Target {
  readonly origin: string;
  /** Path up to and with `/profiles`. */
  readonly root: string;
  /** Value of the Authorization header. */
  readonly authorization: () => string | Promise<string>;
}

/**
 * @param url - of profile-store, or of what stands before it; may have a path
 * @throws TypeError when it is not an address
 */
export function targetOf(url: string, project: string, key: Credential): Target {
  const { origin, pathname } = new URL(url);
  return {
    origin,
    root: `${pathname.replace(/\/+$/, '')}/v1/projects/${encodeURIComponent(project)}/profiles`,
    authorization: () => {
      const current = typeof key === 'string' ? key : key();
      return typeof current === 'string' ? `Bearer ${current}` : current.then((text) => `Bearer ${text}`);
    },
  };
}

/** `?features=a,b` and the like; undefined values are left out. */
export function queryOf(values: Readonly<Record<string, string | undefined>>): string {
  // By hand: URLSearchParams costs as much as sending the request.
  const given = Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const pairs = given.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`);
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

import { randomBytes } from 'node:crypto';
import { KeyScope, Role } from '@hermes/contracts/control';
import { ConsoleClient } from '@hermes/stack/api/console-client';
import type { TestHermes } from '@hermes/stack/testing/hermes';
import type { Route, RouteAccess } from './routes.ts';

/** Somebody who calls routes of a project: what they are in it, and how they show it. */
export type Caller =
  | { readonly kind: 'nobody'; readonly name: string }
  | { readonly kind: 'person'; readonly name: string; readonly cookie: string; readonly role: Role | undefined }
  | { readonly kind: 'operator'; readonly name: string; readonly cookie: string }
  | {
      readonly kind: 'key';
      readonly name: string;
      readonly key: string;
      readonly scopes: readonly KeyScope[];
      /** Whether it is a key of the project that is called. */
      readonly own: boolean;
    };

/** The name of the caller who owns another project, and is nobody in this one. */
export const STRANGER = 'owner-of-another-project';

/** Everybody who could call routes of `project`: nobody, each role, the owner of `other`, an operator, and keys of both projects. */
export async function makeCallers(hermes: TestHermes, project: string, other: string): Promise<readonly Caller[]> {
  const url = hermes.url('CONSOLE_URL');
  const console = await ConsoleClient.signIn(url, hermes.admin.email, hermes.admin.password);
  const password = randomBytes(12).toString('hex');
  const person = async (name: string, where: string, role: Role): Promise<Caller> => {
    const email = `${name}@${project}.example`;
    await console.putMember(where, email, { role, password });
    const { cookie } = await ConsoleClient.signIn(url, email, password);
    return { kind: 'person', name, cookie, role: where === project ? role : undefined };
  };
  const key = async (name: string, where: string, scopes: readonly KeyScope[]): Promise<Caller> => {
    const { key: text } = await console.newKey(where, name, scopes);
    return { kind: 'key', name, key: text, scopes, own: where === project };
  };
  const callers: Caller[] = [{ kind: 'nobody', name: 'nobody' }];
  for (const role of Role.options) callers.push(await person(role, project, role));
  callers.push(await person(STRANGER, other, 'owner'));
  callers.push({ kind: 'operator', name: 'operator', cookie: console.cookie });
  for (const scope of KeyScope.options) callers.push(await key(`key with ${scope}`, project, [scope]));
  callers.push(await key('key of another project', other, KeyScope.options));
  return callers;
}

/** Whether the description of the route lets the caller in. */
export function mayCall(route: Route, caller: Caller): boolean {
  const access: RouteAccess | undefined = route.access;
  if (access === undefined) return false;
  if (access === 'public') return true;
  switch (caller.kind) {
    case 'nobody':
      return false;
    case 'operator':
      return access === 'session' || access === 'operator' || access.role !== undefined;
    case 'person':
      if (typeof access === 'string') return access === 'session';
      return (
        access.role !== undefined &&
        caller.role !== undefined &&
        Role.options.indexOf(caller.role) >= Role.options.indexOf(access.role)
      );
    case 'key':
      if (typeof access === 'string' || access.scope === undefined) return false;
      return caller.scopes.includes(access.scope) && (caller.own || !route.path.includes('{p}'));
  }
}

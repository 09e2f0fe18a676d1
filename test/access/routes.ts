import { type KeyScope, KeyScope as Scope, Role } from '@hermes/contracts/control';
import { ACCESS_EXTENSION } from '@hermes/service-kit/access';
import { z } from 'zod';

/** Who may call a route, as its description says: everybody, who is signed in, operators, or whom the rule names. */
const RouteAccess = z.union([
  z.enum(['public', 'session', 'operator']),
  z.strictObject({ scope: Scope.optional(), role: Role.optional(), service: z.boolean().optional() }),
]);
export type RouteAccess = z.infer<typeof RouteAccess>;

/** One route of a service; `path` has its parameters in braces. */
export interface Route {
  readonly service: string;
  readonly method: string;
  readonly path: string;
  /** undefined: the route does not say, which nobody may leave so. */
  readonly access: RouteAccess | undefined;
}

const METHODS = new Set(['get', 'post', 'put', 'patch', 'delete']);
const Description = z.object({
  paths: z.record(z.string(), z.record(z.string(), z.looseObject({ [ACCESS_EXTENSION]: z.unknown() }))),
});

/** All routes of a running service, from its own OpenAPI description, in the order of their paths. */
export async function routesOf(service: string, url: string): Promise<readonly Route[]> {
  const { paths } = Description.parse(await (await fetch(`${url}/docs-json`)).json());
  return Object.entries(paths)
    .flatMap(([path, operations]) =>
      Object.entries(operations)
        .filter(([method]) => METHODS.has(method))
        .map(([method, operation]) => ({
          service,
          method: method.toUpperCase(),
          path,
          access: RouteAccess.optional().parse(operation[ACCESS_EXTENSION]),
        })),
    )
    .sort((a, b) => (a.path === b.path ? (a.method < b.method ? -1 : 1) : a.path < b.path ? -1 : 1));
}

const ROLE_WORDS: Readonly<Record<Role, string>> = {
  viewer: 'viewers and above',
  editor: 'editors and above',
  approver: 'approvers and owners',
  owner: 'owners',
};
const WORDS = { public: 'everybody', session: 'who is signed in', operator: 'operators' } as const;

/** Who may call, in words. */
export function inWords(access: RouteAccess | undefined): string {
  if (access === undefined) return 'nobody';
  if (typeof access === 'string') return WORDS[access];
  const { role, scope, service } = access;
  return [
    ...(role === undefined ? [] : [ROLE_WORDS[role]]),
    ...(scope === undefined ? [] : [`keys with \`${scope satisfies KeyScope}\``]),
    ...(service === true ? ['services'] : []),
  ].join(', ');
}

/** docs/access.md: a table for each service. */
export function accessPage(routes: readonly Route[]): string {
  const services = [...new Set(routes.map(({ service }) => service))];
  const tables = services.map((service) => {
    const rows = routes
      .filter((route) => route.service === service)
      .map(({ method, path, access }) => `| \`${method} ${path}\` | ${inWords(access)} |`);
    return `## ${service}\n\n| route | who |\n|---|---|\n${rows.join('\n')}\n`;
  });
  return `# Who may call what

Every route of every service, as the service itself describes it at \`/docs\` (\`${ACCESS_EXTENSION}\`). Roles are those of the project in the
path (\`{p}\`): viewer, editor, approver, owner, each with what the one before may; operators of the platform may do what owners may,
everywhere. Keys belong to one project. People come through the console, as \`/api/<service>/v1/...\`; the role is checked by the service.
A test calls every route as each of them, and as the owner of another project (\`test/e2e/access.e2e.test.ts\`); \`ACCESS_PAGE=write\` with
that test writes this page anew.

${tables.join('\n')}`;
}

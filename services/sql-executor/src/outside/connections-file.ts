import { readFile } from 'node:fs/promises';
import { z } from 'zod';

/** One server as the operator keeps it. `projects`: whose jobs may use it. */
const Connection = z.strictObject({
  url: z.string().refine((url) => URL.canParse(url.replace(/^jdbc:/, '')), 'is no URL'),
  username: z.string().optional(),
  password: z.string().optional(),
  projects: z.union([z.literal('all'), z.array(z.string()).min(1)]),
});
const ConnectionsFile = z.record(z.string().regex(/^[\w-]{1,100}$/), Connection);

/**
 * The connections of a project by their names, as URLs with user and password in them, from the operator's file. It is read at each start of a run, so
 * that a new password needs no restart.
 *
 * @throws Error when it cannot be read; nothing of what is in it is in the message
 */
export async function connectionsOf(file: string | null, project: string): Promise<Readonly<Record<string, string>>> {
  if (file === null) return {};
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new Error(`SQL_CONNECTIONS_FILE cannot be read: ${String((error as { code?: unknown }).code)}`);
  });
  const found = ConnectionsFile.safeParse(parsed(text));
  if (!found.success) {
    const [issue] = found.error.issues;
    throw new Error(`SQL_CONNECTIONS_FILE is wrong at ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`);
  }
  return Object.fromEntries(
    Object.entries(found.data)
      .filter(([, { projects }]) => projects === 'all' || projects.includes(project))
      .map(([name, { url, username, password }]) => {
        const full = new URL(url.replace(/^jdbc:/, ''));
        if (username !== undefined) full.username = encodeURIComponent(username);
        if (password !== undefined) full.password = encodeURIComponent(password);
        return [name, full.href];
      }),
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error('SQL_CONNECTIONS_FILE is no JSON');
  }
}

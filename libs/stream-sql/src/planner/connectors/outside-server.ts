import type { DeclaredTable, OptionDescription, TableProblem } from './description.ts';

/** The options by which a table names a server outside of the platform: by its address, or as the operator calls it. */
export const outsideServerOptions = (url: Pick<OptionDescription, 'value' | 'about'>): readonly OptionDescription[] => [
  { key: 'url', ...url },
  {
    key: 'connection',
    value: { kind: 'text', pattern: /^[\w-]{1,100}$/, example: 'shop' },
    about: "The operator's name for a server with its user and password, instead of 'url'.",
  },
];

const USER_INFO_WITH_PASSWORD = /\/\/[^/?#]*:[^/?#]*@/;
const PASSWORD_PARAMETER = /[?&]password=/i;

/**
 * What is wrong with how a table names its server. In a project every member reads a job's text, so no password stands in it: the operator, who
 * has to allow the server anyway, names both together.
 */
export function outsideServerProblem({ name, options, project }: DeclaredTable): TableProblem | undefined {
  const { url, connection, password } = options;
  if (url === undefined && connection === undefined)
    return {
      at: 'table',
      message: `the table ${name} names no server`,
      hint: "add 'url' = '...', or 'connection' = '...' as the operator calls the server",
    };
  if (connection !== undefined) {
    const other = ['url', 'username', 'password'].find((key) => options[key] !== undefined);
    return other === undefined
      ? undefined
      : {
          at: { option: other },
          message: `'${other}' beside 'connection'`,
          hint: 'leave it out: the connection has it',
        };
  }
  const where = password !== undefined ? 'password' : url !== undefined && hasPassword(url) ? 'url' : undefined;
  if (where === undefined || project === null) return undefined;
  return {
    at: { option: where },
    message: "a password in a job's text can be read by every member of the project",
    hint: "write 'connection' = '...': the operator keeps the server, its user and its password under that name (SQL_CONNECTIONS_FILE)",
  };
}

const hasPassword = (url: string): boolean => USER_INFO_WITH_PASSWORD.test(url) || PASSWORD_PARAMETER.test(url);

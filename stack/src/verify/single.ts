import { readSettings } from '../launch/settings.ts';
import { lint, typecheck, writeFormat } from './static-checks.ts';
import { add, none, type Tally } from './vitest-results.ts';

const workspace = (): string => readSettings(process.env, Date.now()).workspace;
const exitCode = ({ failed }: Tally): number => (failed === 0 ? 0 : 1);

export const typecheckOnly = async (): Promise<number> => exitCode((await typecheck(workspace())).reduce(add, none));
export const lintOnly = async (): Promise<number> => exitCode(await lint(workspace()));
export const formatAll = async (): Promise<number> => exitCode(await writeFormat(workspace()));

import { join } from 'node:path';
import { runBoundCommand } from '../parts/run-command.ts';
import { Sentence } from '../process/sentence.ts';

/** Builds all services and the web page by Nx, which does again only what has changed. */
export async function buildServices(workspace: string): Promise<void> {
  const nx = join(workspace, 'node_modules/nx/dist/bin/nx.js');
  const args = [nx, 'run-many', '-t', 'build', '--outputStyle=static', '--parallel=2'];
  const result = await runBoundCommand(process.execPath, args, {
    cwd: workspace,
    env: { NX_DAEMON: 'false', NX_TUI: 'false', CI: 'true', NO_COLOR: '1', FORCE_COLOR: '0' },
  });
  if (result.code !== 0) {
    process.stderr.write(result.stdout + result.stderr);
    throw new Sentence('The services could not be built: the lines above say why.');
  }
}

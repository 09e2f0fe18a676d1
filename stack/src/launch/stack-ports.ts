import { freePort } from '@hermes/service-kit/free-port';
import { isFree } from '../../preflight.mjs';
import type { ListenerName } from '../../ports.mjs';
import { partVariables } from '../../ports.mjs';
import { Sentence } from '../process/sentence.ts';

/**
 * A port for each listener. A wanted one must be free; for 0 the last run's is taken again when it is free (people have
 * it in their browser), otherwise any.
 */
export async function choosePorts(
  wanted: Readonly<Record<ListenerName, number>>,
  last: Readonly<Partial<Record<ListenerName, number>>>,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Record<ListenerName, number>> {
  const chosen = { ...wanted };
  for (const name of Object.keys(wanted) as ListenerName[]) {
    const variable = (partVariables as Record<string, string>)[name];
    if (variable !== undefined && environment[variable]) continue;
    const lastPort = last[name];
    if (wanted[name] === 0) {
      const taken = new Set(Object.values(chosen));
      if (lastPort !== undefined && !taken.has(lastPort) && (await isFree(lastPort))) chosen[name] = lastPort;
      else chosen[name] = await freePort();
    } else if (!(await isFree(wanted[name]))) {
      throw new Sentence(
        `Port ${wanted[name]} (${name}) is in use: end the program that listens there, or choose others by HERMES_PORT_BASE (for example HERMES_PORT_BASE=5000 npm start).`,
      );
    }
  }
  return chosen;
}

import type { Fault, FaultPoint } from './decisions/raise.service.ts';

/**
 * For tests of crashes: `HERMES_ALERTING_FAULT=after-commit` kills this very process, as kill -9 does, the first time that it
 * comes to the point. Unset, as always but in tests, nothing happens.
 */
export function faultFromEnvironment(environment: NodeJS.ProcessEnv): Fault {
  const wanted = environment['HERMES_ALERTING_FAULT'];
  if (wanted === undefined) return () => undefined;
  return (point: FaultPoint) => {
    if (point === wanted) process.kill(process.pid, 'SIGKILL');
  };
}

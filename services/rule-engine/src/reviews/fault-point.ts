/**
 * Places at which a test kills this process as `kill -9` would: a person's word is kept and nothing sent, or what it lets go is sent and that is not
 * kept. Active only when the environment names one in `HERMES_FAULT_POINT`.
 */
export type ReleaseFaultPoint = 'before-release-sent' | 'after-release-sent';

export function faultPoint(name: ReleaseFaultPoint): void {
  if (process.env['HERMES_FAULT_POINT'] === name) process.kill(process.pid, 'SIGKILL');
}

/**
 * The place at which a test kills this process as `kill -9` would: Kafka has the events, and the client has no answer.
 * Active only when the environment asks for it: `HERMES_FAULT_POINT=after-inbox-acknowledged`.
 */
export type IntakeFaultPoint = 'after-inbox-acknowledged';

export function faultPoint(name: IntakeFaultPoint): void {
  if (process.env['HERMES_FAULT_POINT'] === name) process.kill(process.pid, 'SIGKILL');
}

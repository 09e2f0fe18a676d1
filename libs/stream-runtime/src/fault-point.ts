/**
 * Places between the parts of a step at which a test kills the process, as `kill -9` would. Active only when the environment
 * names one: `HERMES_FAULT_POINT=<name>[:<nth time>]`.
 */
export const FAULT_POINTS = [
  'before-claim',
  'after-claim',
  'after-definitions-switch',
  'before-load',
  'after-load',
  'before-step',
  'after-step-issued',
  'after-step-before-send',
  'after-send-issued',
  'after-send-before-trim',
  'before-trim',
  'after-trim',
  'before-timer-step',
  'after-timer-step',
  'before-definitions-step',
  'after-definitions-step',
  'before-injection-step',
  'after-injection-step',
  'before-group-commit',
  'after-group-commit',
] as const;
export type FaultPoint = (typeof FAULT_POINTS)[number];

const [wanted, nth] = (process.env['HERMES_FAULT_POINT'] ?? '').split(':');
let left = nth === undefined ? 1 : Number(nth);

/** Kills this process when the environment asks for it at this point; otherwise nothing. */
export function faultPoint(name: FaultPoint): void {
  if (wanted !== name) return;
  left -= 1;
  if (left === 0) process.kill(process.pid, 'SIGKILL');
}

import { HEARTBEAT_INTERVAL_MS, type Heartbeat } from '@hermes/contracts/metrics';
import { METRICS_TOPIC } from '@hermes/contracts/topics';
import {
  MISSED_BEATS,
  type HeartbeatState,
  type WatchEvent,
  formatMs,
  patienceMs,
  stepBeat,
  stepHeartbeat,
} from './heartbeat-watch.ts';
import { INITIAL_LATENCY, type LatencyState, stepLatency } from './latency-watch.ts';

/** One service process, run of a job or stopped partition, as the watch remembers it. All instants are the watcher's own clock. */
export interface ComponentState {
  readonly service: string;
  readonly project?: string;
  readonly everyMs: number;
  readonly firstBeatMs: number;
  readonly lastBeatMs: number;
  readonly heartbeat: HeartbeatState;
  /** By hop. */
  readonly latency: Readonly<Record<string, LatencyState>>;
  /** The dead process whose place this one took, when it took one. */
  readonly tookOver?: string;
}

/** Everything that the platform's watch knows: plain data, to be stored and loaded as JSON. */
export interface FleetState {
  readonly components: Readonly<Record<string, ComponentState>>;
  /** When the last beat of anyone arrived. */
  readonly anyBeatMs: number | undefined;
  /** The watch on the metrics topic itself. */
  readonly path: HeartbeatState;
  /** When the watch last looked; a gap means that the watcher itself was away. */
  readonly tickedMs: number | undefined;
}

export const EMPTY_FLEET: FleetState = {
  components: {},
  anyBeatMs: undefined,
  path: { kind: 'watching', sinceMs: 0 },
  tickedMs: undefined,
};

/** A firing that began or ended. (watch, subject, hop, startedMs) names the firing. */
export interface Transition {
  readonly kind: 'fired' | 'resolved';
  readonly watch: 'heartbeat' | 'latency';
  /** The component, or the metrics topic. */
  readonly subject: string;
  /** `latency` only. */
  readonly hop?: string;
  readonly startedMs: number;
  readonly atMs: number;
  readonly detail: string;
  /** A heartbeat's firing for what the beat said, not for silence. */
  readonly isFault?: true;
}

export interface FleetStep {
  readonly next: FleetState;
  readonly transitions: readonly Transition[];
}

/** No beat of anyone for so long: the way of the beats is in doubt, and nobody's silence means anything. */
const DOUBT_MS = 1.5 * HEARTBEAT_INTERVAL_MS;
/** The watcher did not look for so long: it was stopped or starved, and beats may lie unread. */
const AWAY_MS = 3_000;

const PATH_RULE = { everyMs: HEARTBEAT_INTERVAL_MS, missed: MISSED_BEATS };

/** A beat arrived at `nowMs`. */
export function observeBeat(prev: FleetState, beat: Heartbeat, nowMs: number): FleetStep {
  const transitions: Transition[] = [];
  let fleet = beatOnPath(prev, nowMs, transitions);
  const name = beat.component;
  const known = fleet.components[name];
  if (beat.state === 'stopping') {
    if (known !== undefined) fleet = forget(fleet, name, nowMs, 'stopped as intended', transitions);
    return { next: fleet, transitions };
  }
  const heartbeat: HeartbeatState = known?.heartbeat ?? { kind: 'watching', sinceMs: nowMs };
  const step = stepBeat(heartbeat, beat.fault, nowMs, { everyMs: beat.intervalMs, missed: MISSED_BEATS });
  for (const event of step.events) push(transitions, event, 'heartbeat', name, nowMs);
  const latency: Record<string, LatencyState> = { ...known?.latency };
  // A hop that the beat no longer names is idle: else its alert would stand for ever.
  const unnamed = Object.keys(latency).filter((hop) => !beat.latencies.some((named) => named.hop === hop));
  const idle = unnamed.map((hop) => ({ hop, count: 0, p50Ms: 0, p99Ms: 0, limitMs: 0 }));
  for (const hop of [...beat.latencies, ...idle]) {
    const hopStep = stepLatency(latency[hop.hop] ?? INITIAL_LATENCY, hop, nowMs);
    latency[hop.hop] = hopStep.next;
    push(transitions, hopStep.event, 'latency', name, nowMs, hop.hop);
  }
  const component: ComponentState = {
    service: beat.service,
    ...(beat.project === undefined ? {} : { project: beat.project }),
    everyMs: beat.intervalMs,
    firstBeatMs: known?.firstBeatMs ?? nowMs,
    lastBeatMs: nowMs,
    heartbeat: step.next,
    latency,
    ...(known?.tookOver === undefined ? {} : { tookOver: known.tookOver }),
  };
  fleet = { ...fleet, components: { ...fleet.components, [name]: component } };
  const dead = known === undefined ? longestDeadPeer(fleet, name, nowMs) : undefined;
  return { next: dead === undefined ? fleet : takeOver(fleet, dead, name, nowMs, transitions), transitions };
}

/**
 * Time passed. Fires for components that missed their beats, unless the watch was blind: when it was away itself (its own
 * start, an outage, a pause) silence counts anew, and when nobody at all is heard there is one alert on the metrics topic instead of
 * one per component.
 */
export function tickFleet(prev: FleetState, nowMs: number): FleetStep {
  const transitions: Transition[] = [];
  const wasAway = prev.tickedMs === undefined || nowMs - prev.tickedMs > AWAY_MS;
  let fleet: FleetState = { ...(wasAway ? withGrace(prev, nowMs) : prev), tickedMs: nowMs };
  const pathStep = stepHeartbeat(fleet.path, fleet.anyBeatMs, nowMs, PATH_RULE);
  if (pathStep.event?.kind === 'fired') {
    const detail = `${pathStep.event.detail} from any component: Kafka or its topic ${METRICS_TOPIC} does not answer`;
    push(transitions, { ...pathStep.event, detail }, 'heartbeat', METRICS_TOPIC, nowMs);
  }
  fleet = { ...fleet, path: pathStep.next };
  if (isInDoubt(fleet, nowMs)) return { next: fleet, transitions };
  for (const name of Object.keys(fleet.components).sort()) {
    const component = fleet.components[name];
    if (component === undefined) continue;
    const step = stepHeartbeat(component.heartbeat, component.lastBeatMs, nowMs, {
      everyMs: component.everyMs,
      missed: MISSED_BEATS,
    });
    const falls = step.event?.kind === 'fired' || isFaultOfTheDead(component, nowMs);
    const heir = falls ? unboundHeir(fleet, name, component) : undefined;
    if (heir !== undefined) {
      fleet = takeOver(fleet, name, heir, nowMs, transitions);
      continue;
    }
    if (step.event === undefined) continue;
    push(transitions, step.event, 'heartbeat', name, nowMs);
    fleet = { ...fleet, components: { ...fleet.components, [name]: { ...component, heartbeat: step.next } } };
  }
  return { next: fleet, transitions };
}

/** A deleted project's jobs are no longer watched. */
export function forgetProject(prev: FleetState, project: string, nowMs: number): FleetStep {
  const transitions: Transition[] = [];
  let next = prev;
  for (const [name, component] of Object.entries(prev.components)) {
    if (component.project === project) next = forget(next, name, nowMs, 'its project was deleted', transitions);
  }
  return { next, transitions };
}

function isInDoubt(fleet: FleetState, nowMs: number): boolean {
  return fleet.anyBeatMs === undefined || nowMs - fleet.anyBeatMs > DOUBT_MS;
}

/** Whoever is not firing gets its full patience again, counted from now. */
function withGrace(fleet: FleetState, nowMs: number): FleetState {
  const fresh: HeartbeatState = { kind: 'watching', sinceMs: nowMs };
  const components: Record<string, ComponentState> = {};
  for (const [name, component] of Object.entries(fleet.components)) {
    components[name] = component.heartbeat.kind === 'firing' ? component : { ...component, heartbeat: fresh };
  }
  return { ...fleet, components, path: fleet.path.kind === 'firing' ? fleet.path : fresh };
}

function beatOnPath(prev: FleetState, nowMs: number, transitions: Transition[]): FleetState {
  const wasInDoubt = isInDoubt(prev, nowMs);
  const step = stepHeartbeat(prev.path, nowMs, nowMs, PATH_RULE);
  push(transitions, step.event, 'heartbeat', METRICS_TOPIC, nowMs);
  const fleet: FleetState = { ...prev, path: step.next, anyBeatMs: nowMs };
  return wasInDoubt ? withGrace(fleet, nowMs) : fleet;
}

/** Drops a component, ending what it had firing. */
function forget(fleet: FleetState, name: string, nowMs: number, why: string, transitions: Transition[]): FleetState {
  const component = fleet.components[name];
  if (component === undefined) return fleet;
  if (component.heartbeat.kind === 'firing') {
    push(
      transitions,
      { kind: 'resolved', startedMs: component.heartbeat.sinceMs, detail: why },
      'heartbeat',
      name,
      nowMs,
    );
  }
  for (const [hop, state] of Object.entries(component.latency)) {
    if (state.kind !== 'firing') continue;
    push(
      transitions,
      { kind: 'resolved', startedMs: state.sinceMs, detail: `${hop}: ${why}` },
      'latency',
      name,
      nowMs,
      hop,
    );
  }
  const components = Object.fromEntries(Object.entries(fleet.components).filter(([other]) => other !== name));
  return { ...fleet, components };
}

/** A process that died is replaced by one of the same service that came after it; each newcomer takes one place only. */
function takeOver(fleet: FleetState, dead: string, heir: string, nowMs: number, transitions: Transition[]): FleetState {
  const newcomer = fleet.components[heir];
  const lost = fleet.components[dead];
  if (newcomer === undefined || lost === undefined) return fleet;
  const without = forget(
    fleet,
    dead,
    nowMs,
    `${heir} took its place after ${formatMs(newcomer.firstBeatMs - lost.lastBeatMs)}`,
    transitions,
  );
  return { ...without, components: { ...without.components, [heir]: { ...newcomer, tookOver: dead } } };
}

/** It said that something is wrong, and then nothing any more. */
const isFaultOfTheDead = ({ heartbeat, everyMs, lastBeatMs }: ComponentState, nowMs: number): boolean =>
  heartbeat.kind === 'firing' &&
  heartbeat.fault !== undefined &&
  nowMs - lastBeatMs >= patienceMs({ everyMs, missed: MISSED_BEATS });

const isProcess = (name: string): boolean => name.startsWith('service/');

function unboundHeir(fleet: FleetState, name: string, dead: ComponentState): string | undefined {
  if (!isProcess(name)) return undefined;
  const heirs = Object.entries(fleet.components).filter(
    ([other, peer]) =>
      other !== name &&
      isProcess(other) &&
      peer.service === dead.service &&
      peer.tookOver === undefined &&
      peer.heartbeat.kind === 'watching' &&
      peer.firstBeatMs > dead.lastBeatMs,
  );
  return heirs.sort(([, a], [, b]) => a.firstBeatMs - b.firstBeatMs)[0]?.[0];
}

function longestDeadPeer(fleet: FleetState, newcomer: string, nowMs: number): string | undefined {
  if (!isProcess(newcomer)) return undefined;
  const service = fleet.components[newcomer]?.service;
  const dead = Object.entries(fleet.components).filter(
    ([name, peer]) =>
      name !== newcomer &&
      isProcess(name) &&
      peer.service === service &&
      peer.heartbeat.kind === 'firing' &&
      (peer.heartbeat.fault === undefined || isFaultOfTheDead(peer, nowMs)),
  );
  return dead.sort(([, a], [, b]) => a.lastBeatMs - b.lastBeatMs)[0]?.[0];
}

function push(
  into: Transition[],
  event: WatchEvent | undefined,
  watch: Transition['watch'],
  subject: string,
  atMs: number,
  hop?: string,
): void {
  if (event === undefined) return;
  into.push({
    kind: event.kind,
    watch,
    subject,
    ...(hop === undefined ? {} : { hop }),
    startedMs: event.startedMs,
    atMs,
    detail: event.detail,
    ...(event.kind === 'fired' && event.isFault === true ? { isFault: true } : {}),
  });
}

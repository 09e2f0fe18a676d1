/** Who listens where, counted from HERMES_PORT_BASE. Plain JavaScript: start.mjs reads it before Node 24 is there. */
export const portOffsets = Object.freeze({
  console: 0,
  ingest: 1,
  'sql-executor': 2,
  'rule-engine': 3,
  'profile-store': 4,
  alerting: 5,
  kafka: 10,
  'kafka-controller': 11,
  valkey: 12,
  clickhouse: 13,
  postgres: 14,
});

/** Which variable, when set, names a server of the user's own, so that the stack's part and its ports are not needed. */
export const partVariables = Object.freeze({
  kafka: 'KAFKA_BROKERS',
  'kafka-controller': 'KAFKA_BROKERS',
  valkey: 'REDIS_URL',
  clickhouse: 'CLICKHOUSE_URL',
  postgres: 'DATABASE_URL',
});

/**
 * The wanted port of each listener; 0 stands for any free one. HERMES_PORT_BASE (4000 when unset, 0 for free ports
 * everywhere) gives all of them, HERMES_PORT_<NAME> one.
 *
 * @param {Readonly<Record<string, string | undefined>>} environment
 * @returns {Record<keyof typeof portOffsets, number>}
 */
export function wantedPorts(environment) {
  const base = portNumber('HERMES_PORT_BASE', environment.HERMES_PORT_BASE) ?? 4000;
  const entries = Object.entries(portOffsets).map(([name, offset]) => {
    const variable = `HERMES_PORT_${name.toUpperCase().replace('-', '_')}`;
    const own = portNumber(variable, environment[variable]);
    return [name, own ?? (base === 0 ? 0 : base + offset)];
  });
  return /** @type {Record<keyof typeof portOffsets, number>} */ (Object.fromEntries(entries));
}

/**
 * @param {string} variable
 * @param {string | undefined} text
 */
function portNumber(variable, text) {
  if (text === undefined || text === '') return undefined;
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_500) {
    throw new Error(`${variable} is "${text}": set it to a port number, or to 0 for free ports.`);
  }
  return port;
}

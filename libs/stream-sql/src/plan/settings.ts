import type { SetOption } from '../sql/ast.ts';
import { SqlRefusal } from '../sql/problem.ts';
import { zoneOf } from '../types/zone.ts';
import { durationOf } from './duration.ts';
import type { JobSettings } from './job-plan.ts';

/** What the SET statements of a script add up to. Throws SqlRefusal for a key or a value that has no meaning here. */
export function readSettings(statements: readonly SetOption[]): JobSettings {
  let settings: JobSettings = { timeZone: 'UTC', idleTimeoutMs: 0, notNullEnforcer: 'ERROR' };
  for (const { key, value, at } of statements) {
    switch (key) {
      case 'table.local-time-zone':
        try {
          zoneOf(value);
        } catch {
          throw new SqlRefusal(at, `'${value}' is not a time zone`, "an IANA name, for example 'Asia/Shanghai'");
        }
        settings = { ...settings, timeZone: value };
        break;
      case 'table.exec.source.idle-timeout': {
        const idleTimeoutMs = durationOf(value);
        if (idleTimeoutMs === undefined) throw new SqlRefusal(at, `'${value}' is not a duration`, "for example '5 s'");
        settings = { ...settings, idleTimeoutMs };
        break;
      }
      case 'table.exec.sink.not-null-enforcer': {
        const upper = value.toUpperCase();
        if (upper !== 'ERROR' && upper !== 'DROP')
          throw new SqlRefusal(at, `'${value}' is not supported`, "'ERROR' or 'DROP'");
        settings = { ...settings, notNullEnforcer: upper };
        break;
      }
      default:
        throw new SqlRefusal(
          at,
          `the setting '${key}' is not supported`,
          "supported: 'table.local-time-zone', 'table.exec.source.idle-timeout', 'table.exec.sink.not-null-enforcer'",
        );
    }
  }
  return settings;
}

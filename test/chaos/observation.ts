import type { ClickHouseClient } from '@clickhouse/client';
import { openClickHouse } from '@hermes/connectors/clickhouse/client';
import { AlertList } from '@hermes/contracts/alert-api';
import { Profile } from '@hermes/contracts/profile';
import { untilAnswered } from '@hermes/stack/api/ingest-client';
import type { TestHermes } from '@hermes/stack/testing/hermes';
import type { FreshProject } from '../scenario/fresh-project.ts';
import type { Entries } from './comparison.ts';
import { DEAL_TYPE } from './deals.ts';
import { featureText } from './features.ts';
import { PROJECT } from './project-plan.ts';

const DATABASE = `project_${PROJECT.replaceAll('-', '_')}`;
const PROFILES_AT_ONCE = 16;

/** Reads what the product holds, through its HTTP APIs where it has one and from ClickHouse where its users read ClickHouse. */
export class Observation {
  private readonly hermes: TestHermes;
  private readonly project: FreshProject;
  private readonly clickHouse: ClickHouseClient;

  constructor(hermes: TestHermes, project: FreshProject) {
    this.hermes = hermes;
    this.project = project;
    this.clickHouse = openClickHouse(hermes.url('CLICKHOUSE_URL'));
  }

  /** Once merged, as every reader of the table sees it. */
  events(): Promise<Entries> {
    return this.select(
      `SELECT id, concat(subject, ' ', formatDateTime(time, '%Y-%m-%dT%H:%i:%S.000Z', 'UTC')) FROM ingest.event_log FINAL
       WHERE project = '${PROJECT}' AND type = '${DEAL_TYPE}'`,
    );
  }

  /** Not merged: the job's table keeps every row that was ever written. */
  rows(): Promise<Entries> {
    return this.select(
      `SELECT id, concat(district, ' ', deal_month, ' ', toString(toInt64(price_cny * 100))) FROM ${DATABASE}.deals`,
    );
  }

  /** Sums over all windows; a window written twice counts twice. */
  sums(): Promise<Entries> {
    return this.select(
      `SELECT concat(district, ' ', deal_month), concat(toString(sum(deals)), ' ', toString(toInt64(sum(total_cny) * 100)))
       FROM ${DATABASE}.sums GROUP BY district, deal_month`,
    );
  }

  rowSums(): Promise<Entries> {
    return this.select(
      `SELECT concat(district, ' ', deal_month), concat(toString(count()), ' ', toString(toInt64(sum(price_cny) * 100)))
       FROM ${DATABASE}.deals GROUP BY district, deal_month`,
    );
  }

  decisions(): Promise<Entries> {
    return this.select(
      `SELECT id, concat(rule_id, ' ', event_id) FROM rule_engine.decisions FINAL WHERE project = '${PROJECT}'`,
    );
  }

  async profiles(subjects: Iterable<string>): Promise<Entries> {
    const entries: [string, string][] = [];
    await this.eachProfile(subjects, ({ subject, counts, firstSeenAt, lastSeenAt }) => {
      entries.push([subject, `${String(counts[DEAL_TYPE] ?? 0)} ${firstSeenAt ?? ''} ${lastSeenAt ?? ''}`]);
    });
    return entries;
  }

  /** Every feature of each subject that is one of `wanted` (subject and feature). */
  async features(wanted: ReadonlySet<string>): Promise<Entries> {
    const entries: [string, string][] = [];
    const subjects = new Set([...wanted].map((name) => name.split(' ')[0]!));
    await this.eachProfile(subjects, ({ subject, features }) => {
      for (const [id, { value, late }] of Object.entries(features)) {
        const name = `${subject} ${id}`;
        if (wanted.has(name)) entries.push([name, featureText(value, late)]);
      }
    });
    return entries;
  }

  private async eachProfile(subjects: Iterable<string>, take: (profile: Profile) => void): Promise<void> {
    const left = [...subjects];
    const read = async (): Promise<void> => {
      for (let subject = left.pop(); subject !== undefined; subject = left.pop()) {
        const path = `projects/${PROJECT}/profiles/${encodeURIComponent(subject)}`;
        const profile = Profile.parse(await this.get('PROFILE_STORE_URL', path));
        if (profile.known) take(profile);
      }
    };
    await Promise.all(Array.from({ length: PROFILES_AT_ONCE }, read));
  }

  async alerts(): Promise<Entries> {
    const entries: [string, string][] = [];
    for (let before = ''; ;) {
      const page = AlertList.parse(
        await this.get(
          'ALERTING_URL',
          `projects/${PROJECT}/alerts?limit=500${before === '' ? '' : `&before=${before}`}`,
        ),
      );
      entries.push(...page.alerts.map(({ decisionId, subject }) => [decisionId ?? '', subject] as [string, string]));
      if (page.next === null) return entries;
      before = page.next;
    }
  }

  async close(): Promise<void> {
    await this.clickHouse.close();
  }

  private async select(query: string): Promise<Entries> {
    const answer = await this.clickHouse.query({ query, format: 'JSONCompactEachRow' });
    return await answer.json<[string, string]>();
  }

  private async get(variable: string, path: string): Promise<unknown> {
    // As any client does while something is still coming back.
    const response = await untilAnswered(
      () =>
        fetch(`${this.hermes.url(variable)}/v1/${path}`, {
          headers: { authorization: `Bearer ${this.project.readKey}` },
          signal: AbortSignal.timeout(15_000),
        }),
      { giveUpAfterMs: 60_000 },
    );
    if (!response.ok) throw new Error(`${path}: HTTP ${String(response.status)} ${await response.text()}`);
    return await response.json();
  }
}

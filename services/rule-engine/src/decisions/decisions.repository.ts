import { madeOnce } from '@hermes/connectors/clickhouse/made-once';
import type { ClickHouseClient } from '@clickhouse/client';
import type { Decision } from '@hermes/contracts/decision';
import { erasableTable } from '@hermes/service-kit/erasable-table';
import type { ErasableStore } from '@hermes/service-kit/erasure-work';
import { type DecisionRow, decisionOfRow } from './decision.row.ts';
import { decisionsTable } from './decisions.table.ts';

export interface DecisionsFilter {
  /** Of rules in the shadow: none, no others, or all. */
  readonly shadow: 'without' | 'only' | 'with';
  readonly ruleId?: string | undefined;
  readonly ruleVersion?: number | undefined;
  readonly subject?: string | undefined;
  /** By which the rule goes, where that is not the subject. */
  readonly key?: string | undefined;
  /** Only those after this one in the list. */
  readonly after?: { readonly receivedAt: string; readonly id: string } | undefined;
  readonly limit: number;
}

/** Decisions in ClickHouse. `LIMIT 1 BY id` takes care of repeats that have not been merged away yet. */
export class DecisionsRepository {
  private readonly clickhouse: ClickHouseClient;
  private readonly erasable: ErasableStore;
  /** Makes the table when it is missing; asked before each use. */
  readonly ensureTable: () => Promise<void>;

  /** @param patient - a client that waits for a mutation */
  constructor(clickhouse: ClickHouseClient, keepMonths: number, patient: ClickHouseClient) {
    this.clickhouse = clickhouse;
    this.ensureTable = madeOnce(async () => {
      for (const query of decisionsTable(keepMonths)) await clickhouse.command({ query });
    });
    this.erasable = erasableTable(patient, {
      store: 'decisions',
      table: 'rule_engine.decisions',
      timeColumn: 'event_time',
      keyColumn: 'key',
    });
  }

  /** Harmless twice. */
  async insert(rows: readonly DecisionRow[]): Promise<void> {
    await this.ensureTable();
    if (rows.length === 0) return;
    await this.clickhouse.insert({ table: 'rule_engine.decisions', values: [...rows], format: 'JSONEachRow' });
  }

  /** The decisions as a store of subjects' data, by the time of their events. */
  store(): ErasableStore {
    return {
      ...this.erasable,
      count: async (erasure) => {
        await this.ensureTable();
        return this.erasable.count(erasure);
      },
    };
  }

  /** Newest receipt first. */
  async list(project: string, filter: DecisionsFilter): Promise<readonly Decision[]> {
    const where = [
      'project = {project: String}',
      ...(filter.ruleId === undefined ? [] : ['rule_id = {ruleId: String}']),
      ...(filter.ruleVersion === undefined ? [] : ['rule_version = {ruleVersion: UInt32}']),
      ...(filter.subject === undefined ? [] : ['subject = {subject: String}']),
      ...(filter.key === undefined ? [] : ['key = {key: String}']),
      ...(filter.shadow === 'with' ? [] : [filter.shadow === 'only' ? 'shadow' : 'NOT shadow']),
      ...(filter.after === undefined
        ? []
        : ["(received_at, id) < (parseDateTime64BestEffort({afterAt: String}, 3, 'UTC'), {afterId: String})"]),
    ];
    return this.read(
      `SELECT * FROM rule_engine.decisions WHERE ${where.join(' AND ')}
       ORDER BY received_at DESC, id DESC LIMIT 1 BY id LIMIT {limit: UInt32}`,
      {
        project,
        ruleId: filter.ruleId ?? '',
        ruleVersion: filter.ruleVersion ?? 0,
        subject: filter.subject ?? '',
        key: filter.key ?? '',
        afterAt: filter.after?.receivedAt ?? '',
        afterId: filter.after?.id ?? '',
        limit: filter.limit,
      },
    );
  }

  async find(project: string, id: string): Promise<Decision | undefined> {
    const query = 'SELECT * FROM rule_engine.decisions WHERE project = {project: String} AND id = {id: String} LIMIT 1';
    return (await this.read(query, { project, id }))[0];
  }

  /** Those of them that are there, in any order. */
  async some(project: string, ids: readonly string[]): Promise<readonly Decision[]> {
    if (ids.length === 0) return [];
    const query =
      'SELECT * FROM rule_engine.decisions WHERE project = {project: String} AND has({ids: Array(String)}, id) LIMIT 1 BY id';
    return this.read(query, { project, ids });
  }

  private async read(query: string, parameters: Record<string, unknown>): Promise<readonly Decision[]> {
    await this.ensureTable();
    const result = await this.clickhouse.query({ query, query_params: parameters, format: 'JSONEachRow' });
    return (await result.json<DecisionRow>()).map(decisionOfRow);
  }
}

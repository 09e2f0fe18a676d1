import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createHash } from 'node:crypto';
import { installFromNpm } from './packages.ts';
import type { Part, PartInstance } from './part.ts';

const version = '26.7.3';
const host = fileURLToPath(new URL('clickhouse-host.ts', import.meta.url));

/** ClickHouse: its library with its own HTTP server, in a process of its own (see clickhouse-host.ts). */
export const clickhouse: Part = {
  name: 'clickhouse',
  variable: 'CLICKHOUSE_URL',
  version,
  install: (report) => installFromNpm('clickhouse', version, '178 MB', report),
  async prepare(instance) {
    mkdirSync(join(instance.dataDir, 'store'), { recursive: true });
    writeFileSync(join(instance.dataDir, 'config.xml'), config(instance));
    writeFileSync(join(instance.dataDir, 'users.xml'), users(instance), { mode: 0o600 });
  },
  command: (instance, home) => ({
    argv: [
      process.execPath,
      ...['--max-old-space-size=64', '--no-warnings', host, home],
      ...['clickhouse', '--path', join(instance.dataDir, 'store'), '--http_port', String(instance.port)],
      ...['--listen_host', '127.0.0.1', '--config-file', join(instance.dataDir, 'config.xml'), '--query', openAndSleep],
    ],
    cwd: instance.dataDir,
    env: { NODE_OPTIONS: undefined },
  }),
  answers: (url) => selects(url),
  url: ({ port, passwords }) => `http://hermes:${passwords.clickhouse}@127.0.0.1:${port}`,
  stop: { signal: 'SIGTERM', graceMs: 10_000 },
  readyWithinMs: 120_000,
};

/** The same server's url for the user who may only read. */
export function analystUrl({ port, passwords }: PartInstance): string {
  return `http://analyst:${passwords.clickhouseAnalyst}@127.0.0.1:${port}`;
}

const openAndSleep =
  'SYSTEM START LISTEN HTTP; SELECT sleepEachRow(3) FROM system.numbers ' +
  'SETTINGS max_block_size=1, function_sleep_max_microseconds_per_block=0, max_threads=1 FORMAT Null';

function config(instance: PartInstance): string {
  return `<!-- Written at each start by stack/src/parts/clickhouse.ts: a server for one machine that is mostly idle. -->
<clickhouse>
  <log-level>warning</log-level>
  <users_config>${join(instance.dataDir, 'users.xml')}</users_config>
  <tmp_path>${join(instance.dataDir, 'tmp')}/</tmp_path>
  <timezone>UTC</timezone>
  <max_server_memory_usage>1200000000</max_server_memory_usage>
  <mark_cache_size>67108864</mark_cache_size>
  <uncompressed_cache_size>0</uncompressed_cache_size>
  <index_mark_cache_size>16777216</index_mark_cache_size>
  <mmap_cache_size>64</mmap_cache_size>
  <compiled_expression_cache_size>16777216</compiled_expression_cache_size>
  <asynchronous_metrics_update_period_s>120</asynchronous_metrics_update_period_s>
  <asynchronous_heavy_metrics_update_period_s>600</asynchronous_heavy_metrics_update_period_s>
  <background_pool_size>4</background_pool_size>
  <background_move_pool_size>1</background_move_pool_size>
  <background_fetches_pool_size>1</background_fetches_pool_size>
  <background_common_pool_size>2</background_common_pool_size>
  <background_buffer_flush_schedule_pool_size>1</background_buffer_flush_schedule_pool_size>
  <background_schedule_pool_size>4</background_schedule_pool_size>
  <background_message_broker_schedule_pool_size>2</background_message_broker_schedule_pool_size>
  <background_distributed_schedule_pool_size>1</background_distributed_schedule_pool_size>
  <tables_loader_foreground_pool_size>1</tables_loader_foreground_pool_size>
  <tables_loader_background_pool_size>1</tables_loader_background_pool_size>
  <max_concurrent_queries>200</max_concurrent_queries>
  <merge_tree>
    <number_of_free_entries_in_pool_to_execute_mutation>2</number_of_free_entries_in_pool_to_execute_mutation>
    <number_of_free_entries_in_pool_to_lower_max_size_of_merge>2</number_of_free_entries_in_pool_to_lower_max_size_of_merge>
    <number_of_free_entries_in_pool_to_execute_optimize_entire_partition>2</number_of_free_entries_in_pool_to_execute_optimize_entire_partition>
    <merge_selecting_sleep_ms>5000</merge_selecting_sleep_ms>
    <cleanup_delay_period>60</cleanup_delay_period>
  </merge_tree>
</clickhouse>
`;
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Users cannot be made by SQL here. \`default\` opens the HTTP server from inside and may do nothing else. */
function users({ passwords }: PartInstance): string {
  const near = '<networks><ip>127.0.0.1</ip><ip>::1</ip></networks>';
  const grants = (...queries: string[]): string =>
    `<grants>${queries.map((query) => `<query>${query}</query>`).join('')}</grants>`;
  return `<clickhouse>
  <profiles>
    <default>
      <implicit_select>0</implicit_select>
      <max_threads>2</max_threads>
      <max_memory_usage>1000000000</max_memory_usage>
      <log_queries>0</log_queries>
    </default>
    <analyst>
      <profile>default</profile>
      <readonly>2</readonly>
      <max_execution_time>30</max_execution_time>
      <max_memory_usage>500000000</max_memory_usage>
      <max_result_rows>100000</max_result_rows>
      <constraints>
        <max_execution_time><min>1</min><max>30</max></max_execution_time>
        <max_memory_usage><min>1</min><max>500000000</max></max_memory_usage>
        <max_result_rows><min>1</min><max>100000</max></max_result_rows>
        <max_threads><min>1</min><max>2</max></max_threads>
      </constraints>
    </analyst>
  </profiles>
  <quotas><default></default></quotas>
  <users>
    <default><password></password>${near}<profile>default</profile><quota>default</quota>${grants('GRANT SYSTEM LISTEN ON *.*', 'GRANT SELECT ON system.numbers')}</default>
    <hermes><password_sha256_hex>${sha256(passwords.clickhouse)}</password_sha256_hex>${near}<profile>default</profile><quota>default</quota>${grants('GRANT ALL ON *.*')}</hermes>
    <analyst><password_sha256_hex>${sha256(passwords.clickhouseAnalyst)}</password_sha256_hex>${near}<profile>analyst</profile><quota>default</quota>${grants('GRANT SELECT ON *.*')}</analyst>
  </users>
</clickhouse>
`;
}

async function selects(url: string): Promise<boolean> {
  const { origin, username, password } = new URL(url);
  const response = await fetch(`${origin}/?query=SELECT+1`, {
    headers: {
      'X-ClickHouse-User': decodeURIComponent(username) || 'default',
      'X-ClickHouse-Key': decodeURIComponent(password),
    },
    signal: AbortSignal.timeout(2_000),
  });
  return response.ok && (await response.text()).trim() === '1';
}

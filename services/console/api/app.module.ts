import { inTransaction } from '@hermes/connectors/postgres/transaction';
import { openClickHouse } from '@hermes/connectors/clickhouse/client';
import { openPostgres } from '@hermes/connectors/postgres/pool';
import { migrate } from '@hermes/service-kit/migrate';
import type { ServiceRuntime } from '@hermes/service-kit/runtime';
import { type DynamicModule, Module } from '@nestjs/common';
import type { ConsoleConfig } from './config.ts';
import { CONTROL_PUBLISHER, ControlPublisher } from './control/control-publisher.ts';
import { readTruth } from './control/truth.ts';
import { DATABASE } from './database/database.ts';
import { KeyController } from './keys/key.controller.ts';
import { KeyService } from './keys/key.service.ts';
import { LiveController } from './live/live.controller.ts';
import { LiveService } from './live/live.service.ts';
import { MIGRATIONS } from './locations.ts';
import { MemberController } from './members/member.controller.ts';
import { MemberService } from './members/member.service.ts';
import { ProjectController } from './projects/project.controller.ts';
import { ProjectService } from './projects/project.service.ts';
import { SessionController } from './sessions/session.controller.ts';
import { SessionCookie } from './sessions/session-cookie.ts';
import { SessionGuard } from './sessions/session.guard.ts';
import { ensureOperator, SESSION_LIFETIME_MS, SessionService } from './sessions/session.service.ts';
import { ensureSigningKey, TokenService } from './tokens/token.service.ts';
import { TransactionsController } from './transactions/transactions.controller.ts';
import { TransactionsRepository } from './transactions/transactions.repository.ts';
import { TransactionsService } from './transactions/transactions.service.ts';

const HOUR_MS = 3_600_000;

@Module({})
export class AppModule {
  /** Brings the database up to date, makes sure of operator and signing key, and tells `hermes.control` what it holds. */
  static async with(runtime: ServiceRuntime<ConsoleConfig>): Promise<DynamicModule> {
    const { config, logger } = runtime;
    await migrate(config.DATABASE_URL, 'console', MIGRATIONS);
    const pool = openPostgres(config.DATABASE_URL, { applicationName: 'hermes-console' });
    runtime.onShutdown('postgres', () => pool.end());
    runtime.ready('postgres', async () => (await pool.query('SELECT 1')).rowCount === 1);

    if (config.HERMES_ADMIN_EMAIL !== undefined && config.HERMES_ADMIN_PASSWORD !== undefined) {
      const outcome = await ensureOperator(
        pool,
        config.HERMES_ADMIN_EMAIL,
        config.HERMES_ADMIN_PASSWORD,
        config.HERMES_ADMIN_RESET,
      );
      logger.info({ email: config.HERMES_ADMIN_EMAIL, outcome }, 'operator');
    }
    const signingKey = await inTransaction(pool, async (client) => {
      await client.query("SELECT pg_advisory_xact_lock(hashtext('hermes-console-signing-key'))");
      return await ensureSigningKey(client);
    });
    const tokens = new TokenService(signingKey);

    const publisher = new ControlPublisher(pool, runtime.kafka, config.HERMES_CONTROL_TOPIC, logger);
    runtime.onShutdown('control publisher', () => publisher.close());
    const sent = await publisher.reconcile((client) => readTruth(client, signingKey.record));
    if (sent > 0) logger.info({ sent }, 'the control topic brought in line with the database');

    const clickhouse = openClickHouse(config.CLICKHOUSE_ANALYST_URL, { requestTimeoutMs: 15_000 });
    runtime.onShutdown('clickhouse', () => clickhouse.close());
    const transactions = new TransactionsService(new TransactionsRepository(clickhouse));
    const live = new LiveService({
      transactions,
      alertingUrl: config.ALERTING_URL,
      sign: (claims) => tokens.sign(claims),
      logger,
    });

    return {
      module: AppModule,
      controllers: [
        SessionController,
        ProjectController,
        KeyController,
        MemberController,
        TransactionsController,
        LiveController,
      ],
      providers: [
        { provide: DATABASE, useValue: pool },
        { provide: CONTROL_PUBLISHER, useValue: publisher },
        { provide: SESSION_LIFETIME_MS, useValue: config.SESSION_HOURS * HOUR_MS },
        { provide: SessionCookie, useValue: new SessionCookie(config.CONSOLE_SECURE_COOKIE) },
        { provide: TokenService, useValue: tokens },
        { provide: TransactionsService, useValue: transactions },
        { provide: LiveService, useValue: live },
        SessionService,
        SessionGuard,
        ProjectService,
        KeyService,
        MemberService,
      ],
    };
  }
}

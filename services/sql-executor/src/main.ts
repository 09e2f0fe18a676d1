import { bootService } from '@hermes/service-kit/boot';
import { AppModule } from './app.module.ts';
import { SqlExecutorConfig } from './config.ts';

await bootService({ name: 'sql-executor', config: SqlExecutorConfig, module: (runtime) => AppModule.with(runtime) });

import { bootService } from '@hermes/service-kit/boot';
import { AppModule } from './app.module.ts';
import { AlertingConfig } from './config.ts';

await bootService({ name: 'alerting', config: AlertingConfig, module: (runtime) => AppModule.with(runtime) });

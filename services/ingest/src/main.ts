import { bootService } from '@hermes/service-kit/boot';
import { AppModule } from './app.module.ts';
import { IngestConfig } from './config.ts';
import { readJsonBodies } from './intake/request-body.ts';

await bootService({
  name: 'ingest',
  config: IngestConfig,
  module: (runtime) => AppModule.with(runtime),
  configure: (app, runtime) => readJsonBodies(app, runtime.config.INGEST_MAX_BODY_BYTES),
});

import { bootService } from '@hermes/service-kit/boot';
import { AppModule } from './app.module.ts';
import { RuleEngineConfig } from './config.ts';
import { passLineBodies } from './lists/line-bodies.ts';

await bootService({
  name: 'rule-engine',
  config: RuleEngineConfig,
  module: (runtime) => AppModule.with(runtime),
  configure: passLineBodies,
});

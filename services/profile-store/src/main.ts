import { bootService } from '@hermes/service-kit/boot';
import { AppModule } from './app.module.ts';
import { ProfileStoreConfig } from './config.ts';

await bootService({ name: 'profile-store', config: ProfileStoreConfig, module: (runtime) => AppModule.with(runtime) });

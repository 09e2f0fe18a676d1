import compress from '@fastify/compress';
import { answerFirst } from '@hermes/service-kit/answer-first';
import { bootService } from '@hermes/service-kit/boot';
import { AppModule } from './app.module.ts';
import { ProfileStoreConfig } from './config.ts';
import { ProfilesService } from './profiles/profiles.service.ts';
import { readLane } from './profiles/read-lane.ts';

/** A smaller answer is sent before it would be compressed. */
const COMPRESS_FROM_BYTES = 1_024;

await bootService({
  name: 'profile-store',
  config: ProfileStoreConfig,
  module: (runtime) => AppModule.with(runtime),
  configure: async (app, { control }) => {
    answerFirst(app.getHttpServer(), readLane(control, app.get(ProfilesService)));
    await app.register(compress, {
      threshold: COMPRESS_FROM_BYTES,
      encodings: ['gzip', 'identity'],
      // Streams of changes are sent as they come.
      customTypes: /^application\/(?:json|problem\+json|x-ndjson)/,
    });
  },
});

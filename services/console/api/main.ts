import { bootService } from '@hermes/service-kit/boot';
import { AppModule } from './app.module.ts';
import { ConsoleConfig, upstreams } from './config.ts';
import { LiveService } from './live/live.service.ts';
import { SITE } from './locations.ts';
import { registerServiceProxy } from './proxy/service-proxy.ts';
import { SessionCookie } from './sessions/session-cookie.ts';
import { SessionService } from './sessions/session.service.ts';
import { registerSite } from './site/site.ts';
import { TokenService } from './tokens/token.service.ts';

await bootService({
  name: 'console',
  config: ConsoleConfig,
  module: (runtime) => AppModule.with(runtime),
  configure: async (app, runtime) => {
    const fastify = app.getHttpAdapter().getInstance();
    const tokens = app.get(TokenService);
    await registerServiceProxy(fastify, {
      upstreams: upstreams(runtime.config),
      sessions: app.get(SessionService),
      cookie: app.get(SessionCookie),
      sign: (claims) => tokens.sign(claims),
    });
    await registerSite(fastify, SITE);
    // Open live streams would hold up the shutdown of the HTTP server.
    const live = app.get(LiveService);
    fastify.addHook('preClose', () => live.close());
  },
});

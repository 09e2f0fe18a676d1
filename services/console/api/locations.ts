/** Both the sources (api/) and the bundle (dist/) lie one folder below services/console. */
export const MIGRATIONS = new URL('../migrations', import.meta.url);
export const SITE = new URL('../web/dist/', import.meta.url);

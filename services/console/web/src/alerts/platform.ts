/** The project of the platform's own alerts: `PLATFORM_PROJECT` of the contracts, here without the validator that comes along. */
export const PLATFORM_PROJECT_ID = 'hermes';

/** Where alerting keeps the alerts of a project, seen through the console. */
export const alertsPath = (project: string): string =>
  project === PLATFORM_PROJECT_ID ? '/api/alerting/v1/platform/alerts' : `/api/alerting/v1/projects/${project}/alerts`;

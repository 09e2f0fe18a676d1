/** The project of the platform's own alerts: `PLATFORM_PROJECT` of the contracts, here without the validator that comes along. */
export const PLATFORM_PROJECT_ID = 'hermes';

import { CONTROL_TOPIC } from '@hermes/contracts/topics';

/** The control topic of the services that this process starts. */
export const controlTopic = (): string => process.env['HERMES_CONTROL_TOPIC'] ?? CONTROL_TOPIC;

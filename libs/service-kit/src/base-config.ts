import { CONTROL_TOPIC } from '@hermes/contracts/topics';
import { z } from 'zod';

/** What every service takes from the environment. */
export const BaseConfig = z.object({
  PORT: z.coerce.number().int().min(0).max(65_535),
  HOST: z.string().default('127.0.0.1'),
  KAFKA_BROKERS: z.string().min(1),
  KAFKA_DRIVER: z.enum(['kafkajs', 'platformatic']).default('platformatic'),
  /** Two installations on one Kafka have one each: a service does the work of every project that is announced there. */
  HERMES_CONTROL_TOPIC: z
    .string()
    .regex(/^[a-zA-Z0-9._-]{1,249}$/, 'a name of a Kafka topic')
    .default(CONTROL_TOPIC),
  /** How long after a crash of one process the others wait before they take its partitions. */
  KAFKA_SESSION_TIMEOUT_MS: z.coerce.number().int().min(1_000).default(6_000),
  /** Signs the tokens with which services call each other; the same for all. Without it no service is let in as one. */
  HERMES_SERVICE_SECRET: z.string().min(32, 'at least 32 characters, made at random').optional(),
  HERMES_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
});
export type BaseConfig = z.infer<typeof BaseConfig>;

export type ConfigResult<T> =
  { readonly kind: 'ok'; readonly value: T } | { readonly kind: 'rejected'; readonly sentence: string };

/** Checks the environment against one schema; a wrong value comes back as one sentence that names it. */
export function readConfig<T>(schema: z.ZodType<T>, environment: NodeJS.ProcessEnv): ConfigResult<T> {
  const result = schema.safeParse(environment);
  if (result.success) return { kind: 'ok', value: result.data };
  const faults = result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  return { kind: 'rejected', sentence: `The settings in the environment are not right: ${faults.join('; ')}.` };
}

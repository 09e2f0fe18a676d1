import { ApiBody, ApiResponse } from '@nestjs/swagger';
import { z } from 'zod';

type OpenApiSchema = NonNullable<Parameters<typeof ApiBody>[0] & { schema?: unknown }>['schema'];

/** OpenAPI 3.0 schema of a zod schema. */
const toOpenApi = (schema: z.ZodType, io: 'input' | 'output'): OpenApiSchema =>
  z.toJSONSchema(schema, { target: 'openapi-3.0', io, unrepresentable: 'any', reused: 'inline' }) as OpenApiSchema;

/** Documents a request body; the handler still parses it with the same schema. */
export const zodBody = (schema: z.ZodType): MethodDecorator => ApiBody({ schema: toOpenApi(schema, 'input') as never });

/** Documents an answer. */
export const zodOk = (schema: z.ZodType, status = 200, description = ''): MethodDecorator =>
  ApiResponse({ status, description, schema: toOpenApi(schema, 'output') as never });

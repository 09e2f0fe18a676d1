import { z } from 'zod';
import { Bilingual } from './event-type.ts';
import { Severity } from './rule.ts';
import { ItineraryParams } from './rule-memory.ts';

/** A parameter of a template, as a form offers it. */
export const TemplateField = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('number'),
    name: z.string(),
    title: Bilingual,
    unit: Bilingual,
    default: z.number(),
    min: z.number(),
    max: z.number(),
  }),
  z.object({
    kind: z.literal('choice'),
    name: z.string(),
    title: Bilingual,
    choices: z.array(z.object({ value: z.string(), title: Bilingual })),
    default: z.string(),
  }),
  z.object({ kind: z.literal('yes-no'), name: z.string(), title: Bilingual, default: z.boolean() }),
  z.object({ kind: z.literal('time-zone'), name: z.string(), title: Bilingual, default: z.string() }),
]);
export type TemplateField = z.infer<typeof TemplateField>;

/** A rule that is filled in with a form. */
export const RuleTemplate = z.object({
  kind: z.string(),
  title: Bilingual,
  description: Bilingual,
  /** The parameters of its check. */
  fields: z.array(TemplateField),
  /** How many findings in how many days, which every template takes: without them each finding counts. */
  counted: z.object({ atLeast: TemplateField, withinDays: TemplateField }),
});
export type RuleTemplate = z.infer<typeof RuleTemplate>;

/** `GET /v1/projects/:p/rule-templates`. */
export const RuleTemplates = z.object({ templates: z.array(RuleTemplate) });

/** Body of `POST /v1/projects/:p/rule-templates/:kind`: everything may be left out. */
export const FilledTemplate = z.strictObject({
  name: z.string().trim().min(1).max(200).optional(),
  severity: Severity.optional(),
  parameters: z.record(z.string(), z.unknown()).optional(),
  events: ItineraryParams.shape.events,
  atLeast: ItineraryParams.shape.atLeast,
  withinDays: ItineraryParams.shape.withinDays,
});
export type FilledTemplate = z.infer<typeof FilledTemplate>;

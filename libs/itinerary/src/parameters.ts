import type { Bilingual } from '@hermes/contracts/event-type';
import { z } from 'zod';

/** A parameter of a check as a form offers it. A number's name ends in its unit, and `unit` is that unit for people. */
export type ParameterField = NumberField | ChoiceField | YesNoField | TimeZoneField;

export interface NumberField {
  readonly kind: 'number';
  readonly title: Bilingual;
  readonly unit: Bilingual;
  readonly default: number;
  readonly min: number;
  readonly max: number;
}

export interface ChoiceField<Value extends string = string> {
  readonly kind: 'choice';
  readonly title: Bilingual;
  readonly choices: readonly { readonly value: Value; readonly title: Bilingual }[];
  readonly default: Value;
}

export interface YesNoField {
  readonly kind: 'yes-no';
  readonly title: Bilingual;
  readonly default: boolean;
}

/** An IANA time zone; a console fills in the project's. */
export interface TimeZoneField {
  readonly kind: 'time-zone';
  readonly title: Bilingual;
  readonly default: string;
}

export type Fields = Readonly<Record<string, ParameterField>>;

type ValueOf<Field extends ParameterField> =
  Field extends ChoiceField<infer Value>
    ? Value
    : Field extends NumberField
      ? number
      : Field extends YesNoField
        ? boolean
        : string;

/** The values of a check's parameters, all there. */
export type ParametersOf<F extends Fields> = { readonly [Name in keyof F]: ValueOf<F[Name]> };

const UNITS = {
  m: { en: 'm', zh: '米' },
  km: { en: 'km', zh: '公里' },
  kmh: { en: 'km/h', zh: '公里/小时' },
  seconds: { en: 's', zh: '秒' },
  minutes: { en: 'min', zh: '分钟' },
  hours: { en: 'h', zh: '小时' },
  days: { en: 'days', zh: '天' },
  hourOfDay: { en: "o'clock", zh: '点' },
  times: { en: 'times', zh: '倍' },
  fixes: { en: 'fixes', zh: '个定位点' },
} as const;

export const text = (en: string, zh: string): Bilingual => ({ en, zh });

export const numberField = (
  title: Bilingual,
  unit: keyof typeof UNITS,
  range: { readonly default: number; readonly min: number; readonly max: number },
): NumberField => ({ kind: 'number', title, unit: UNITS[unit], ...range });

export const choiceField = <Value extends string>(
  title: Bilingual,
  choices: Readonly<Record<Value, Bilingual>>,
  preset: NoInfer<Value>,
): ChoiceField<Value> => ({
  kind: 'choice',
  title,
  choices: (Object.keys(choices) as Value[]).map((value) => ({ value, title: choices[value] })),
  default: preset,
});

export const yesNoField = (title: Bilingual, preset: boolean): YesNoField => ({
  kind: 'yes-no',
  title,
  default: preset,
});

export const timeZoneField = (title: Bilingual, preset: string): TimeZoneField => ({
  kind: 'time-zone',
  title,
  default: preset,
});

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

function schemaOf(field: ParameterField): z.ZodType {
  switch (field.kind) {
    case 'number': {
      const range = `${field.title.en} is a number from ${String(field.min)} to ${String(field.max)} ${field.unit.en}`;
      return z.number(range).min(field.min, range).max(field.max, range).default(field.default);
    }
    case 'choice': {
      const values = field.choices.map(({ value }) => value);
      return z.enum(values, `${field.title.en} is one of ${values.join(', ')}`).default(field.default);
    }
    case 'yes-no':
      return z.boolean(`${field.title.en} is yes or no (true or false)`).default(field.default);
    case 'time-zone': {
      const wanted = `${field.title.en} is the name of a time zone, for example "Asia/Shanghai"`;
      return z.string(wanted).refine(isTimeZone, wanted).default(field.default);
    }
  }
}

/**
 * Every parameter of the fields, each with its default where it is absent; a name that is no parameter is refused.
 *
 * @param disagreement - what is wrong with parameters that are all right one by one
 */
export function parametersSchema<F extends Fields>(
  fields: F,
  disagreement: (parameters: ParametersOf<F>) => string | undefined = () => undefined,
): z.ZodType<ParametersOf<F>> {
  const shape = Object.entries(fields).map(([name, field]) => [name, schemaOf(field)] as const);
  // The shape comes from the fields, which TypeScript cannot follow through their entries.
  const each = z.strictObject(Object.fromEntries(shape)) as unknown as z.ZodType<ParametersOf<F>>;
  return each.superRefine((parameters, context) => {
    const message = disagreement(parameters);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  });
}

export type ReadParameters<F extends Fields> =
  | { readonly kind: 'ok'; readonly parameters: ParametersOf<F> }
  | { readonly kind: 'rejected'; readonly problems: readonly { readonly pointer: string; readonly message: string }[] };

/** What a form or a file gives as parameters of a check: all values, or everything that is wrong, each with a JSON pointer. */
export function readParameters<F extends Fields>(
  schema: z.ZodType<ParametersOf<F>>,
  given: unknown,
): ReadParameters<F> {
  const read = schema.safeParse(given);
  if (read.success) return { kind: 'ok', parameters: read.data };
  return {
    kind: 'rejected',
    problems: read.error.issues.map(({ path, message }) => ({
      pointer: path.map((part) => `/${String(part)}`).join(''),
      message,
    })),
  };
}

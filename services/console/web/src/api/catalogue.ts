import type { EventType } from '@hermes/contracts/event-type';
import { useQuery } from '@tanstack/react-query';
import { type Language, usePreferences } from '../app/preferences.tsx';
import { humanize } from '../format/words.ts';
import { request } from './request.ts';

interface Property {
  readonly 'x-title'?: Partial<Record<Language, string>>;
  readonly 'x-unit'?: string;
}

/** Names for people: of event types and of their fields, from the project's event catalogue. */
export interface Catalogue {
  typeTitle(type: string): string;
  fieldTitle(type: string, field: string): string;
  fieldUnit(type: string, field: string): string | undefined;
}

/** The catalogue in the chosen language; names are made readable where it has no title, or while it loads. */
export function useCatalogue(project: string): Catalogue {
  const { language } = usePreferences();
  const { data } = useQuery({
    queryKey: ['event-types', project],
    queryFn: ({ signal }) =>
      request<{ readonly eventTypes: readonly EventType[] }>(
        'GET',
        `/api/ingest/v1/projects/${project}/event-types`,
        undefined,
        signal,
      ),
    staleTime: 300_000,
    retry: 1,
  });
  const types = new Map((data?.eventTypes ?? []).map((type) => [type.type, type]));
  const property = (type: string, field: string): Property | undefined => {
    const properties = types.get(type)?.schema['properties'] as Readonly<Record<string, Property>> | undefined;
    return properties?.[field];
  };
  return {
    typeTitle: (type) => types.get(type)?.title[language] ?? humanize(type),
    fieldTitle: (type, field) => property(type, field)?.['x-title']?.[language] ?? humanize(field),
    fieldUnit: (type, field) => property(type, field)?.['x-unit'],
  };
}

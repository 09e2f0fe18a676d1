import type { FeatureDraft } from '@hermes/contracts/feature';
import type { FeatureWarning } from '@hermes/contracts/feature-api';
import { askedComparisons, askedTypes, type NamedPlace, placesOf } from '@hermes/rules/asked-comparison';
import type { CataloguedType } from '@hermes/rules/event-schema';
import type { Finding } from '@hermes/rules/finding';
import { withPlatformTypes } from '@hermes/rules/platform-types';
import { unknownField } from '@hermes/rules/unknown-fields';
import { unknownTypes } from '@hermes/rules/unknown-types';

function* countedPlaces({ compute, key }: FeatureDraft): Generator<NamedPlace> {
  for (const field of ['path', 'longitude', 'latitude'] as const) {
    const path = (compute as Readonly<Record<string, unknown>>)[field];
    if (typeof path === 'string') yield { pointer: `/compute/${field}`, fact: 'event', path };
  }
  if (key.kind === 'field') yield { pointer: '/key/path', fact: 'event', path: key.path };
}

/**
 * What looks like a mistake in a draft that is otherwise right: event types that neither the catalogue nor the platform has, and fields that
 * they do not have. A project without a catalogue gets warnings about the event's own attributes only.
 */
export function catalogueWarnings(
  { eventTypes, filter, ...draft }: FeatureDraft,
  catalogue: readonly CataloguedType[],
): readonly FeatureWarning[] {
  const known = withPlatformTypes(catalogue);
  const types = askedTypes(known.filter(({ type }) => eventTypes.includes(type)));
  const findings: (Finding | undefined)[] = [...unknownTypes(eventTypes, known)];
  // What is counted should be in events of every type.
  for (const place of countedPlaces({ eventTypes, ...draft })) findings.push(unknownField(place, types));
  if (filter !== undefined) {
    for (const comparison of askedComparisons(filter, '/filter', types)) {
      for (const place of placesOf(comparison)) {
        const finding = unknownField(place, comparison.types);
        // A filter may well be about some of the types.
        if (finding?.code === 'unknown-field') findings.push(finding);
      }
    }
  }
  return findings.flatMap((finding) =>
    finding === undefined ? [] : [{ pointer: finding.pointer, message: finding.text.en }],
  );
}

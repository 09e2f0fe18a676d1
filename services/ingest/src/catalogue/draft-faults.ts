import type { EventTypeDraft } from '@hermes/contracts/event-type';
import { compileOrFault, refusalOf } from './data-schema.ts';

/** Why a draft must not come into force; pointers into the draft. Empty when it may. */
export function draftFaults(
  type: string,
  draft: EventTypeDraft,
): readonly { readonly pointer: string; readonly message: string }[] {
  const validate = compileOrFault(draft.schema);
  if (typeof validate === 'string')
    return [{ pointer: '/schema', message: `This is not a JSON Schema 2020-12 that can be used: ${validate}.` }];
  if (draft.schema['type'] !== 'object')
    return [{ pointer: '/schema/type', message: 'The data of an event is an object; set "type": "object".' }];
  const faults: { pointer: string; message: string }[] = [];
  if (!validate(draft.example)) {
    const refusal = refusalOf(validate.errors ?? [], type);
    faults.push({
      pointer: refusal.pointer.replace(/^\/data/, '/example'),
      message: `The example does not pass the schema: ${refusal.message}`,
    });
  }
  const fields = Object.keys((draft.schema['properties'] as object | undefined) ?? {});
  draft.places.forEach((place, index) => {
    for (const axis of ['longitude', 'latitude'] as const) {
      if (fields.includes(place[axis])) continue;
      faults.push({
        pointer: `/places/${index}/${axis}`,
        message: `The schema has no property '${place[axis]}'; name one of ${fields.join(', ')}.`,
      });
    }
  });
  return faults;
}

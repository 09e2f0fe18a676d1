import type { CataloguedType } from './event-schema.ts';
import type { Finding } from './finding.ts';
import { adviceFor } from './suggestion.ts';
import { both } from './words.ts';

/** Event types that the catalogue does not have; none of a project without a catalogue. */
export function unknownTypes(
  eventTypes: readonly string[],
  catalogue: readonly Pick<CataloguedType, 'type'>[],
): readonly Finding[] {
  if (catalogue.length === 0) return [];
  const known = catalogue.map(({ type }) => type);
  return eventTypes.flatMap((type, i): Finding[] => {
    if (known.includes(type)) return [];
    const advice = adviceFor(type, known);
    const text = both(
      `the event catalogue has no type "${type}"; ${advice.en}`,
      `事件目录中没有类型“${type}”；${advice.zh}`,
    );
    return [{ pointer: `/eventTypes/${i}`, code: 'unknown-event-type', text }];
  });
}

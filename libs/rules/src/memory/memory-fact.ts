import type { FactReference } from '../fact-reference.ts';
import type { MemoryValue } from './memory.ts';
import { type MemoryDefinition, memoryDefinitionOf } from './memory-definition.ts';

/** The facts that remember events which came before. */
export const MEMORY_FACTS = ['sequence', 'absence', 'itinerary'] as const;
export type MemoryFact = (typeof MEMORY_FACTS)[number];

export const isMemoryFact = (fact: unknown): fact is MemoryFact => (MEMORY_FACTS as readonly unknown[]).includes(fact);

/** What the facts with a memory are on the event in hand, by their definitions' ids; undefined where one does not hold. */
export type MemoryLookup = (id: string) => MemoryValue | undefined;

/** Which fact with a memory is asked for; undefined where it is another fact. */
export const memoryNamedBy = (place: FactReference): MemoryDefinition | undefined =>
  isMemoryFact(place.fact) ? memoryDefinitionOf(place.fact, place.params) : undefined;

/** What a condition sees of it: whether it holds, or what is in it where a path leads into it. */
export function seenOfMemory({ path }: FactReference, value: MemoryValue | undefined): unknown {
  return path === undefined || path === '' ? value !== undefined : value?.shows;
}

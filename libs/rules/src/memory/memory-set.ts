import type { Rule } from '@hermes/contracts/rule';
import { absenceMemory } from './absence.ts';
import { itineraryMemory } from './itinerary.ts';
import { memoriesNamed } from './memories-named.ts';
import type { Memory } from './memory.ts';
import type { MemoryDefinition } from './memory-definition.ts';
import { sequenceMemory } from './sequence.ts';

/** @throws Error for what `checkRule` refuses */
export function memoryOf(definition: MemoryDefinition): Memory {
  switch (definition.kind) {
    case 'sequence':
      return sequenceMemory(definition);
    case 'absence':
      return absenceMemory(definition);
    case 'itinerary':
      return itineraryMemory(definition);
  }
}

const NONE: readonly never[] = [];

/** The facts with a memory of the rules in force: each once, however many rules ask for it. */
export class MemorySet {
  private readonly memories = new Map<string, Memory>();
  private readonly byType = new Map<string, Memory[]>();
  private readonly asking = new Map<string, Rule[]>();

  /** @throws Error for what `checkRule` refuses */
  constructor(rules: readonly Pick<Rule, 'conditions'>[]) {
    for (const rule of rules as readonly Rule[]) {
      for (const definition of memoriesNamed(rule.conditions)) {
        const those = this.asking.get(definition.id);
        if (those === undefined) {
          this.asking.set(definition.id, [rule]);
          this.add(memoryOf(definition));
        } else those.push(rule);
      }
    }
  }

  /** Those that look at events of this type. */
  lookingAt(eventType: string): readonly Memory[] {
    return this.byType.get(eventType) ?? NONE;
  }

  all(): readonly Memory[] {
    return [...this.memories.values()];
  }

  /** Undefined: no rule in force asks for it. */
  of(id: string): Memory | undefined {
    return this.memories.get(id);
  }

  /** What was remembered before is void: events between may not have been seen. */
  sinceMs(id: string): number {
    return Math.min(...this.rulesAsking(id).map(({ rememberedSince }) => Date.parse(rememberedSince?.[id] ?? '') || 0));
  }

  /** The rules that ask for it. */
  rulesAsking(id: string): readonly Rule[] {
    return this.asking.get(id) ?? NONE;
  }

  private add(memory: Memory): void {
    this.memories.set(memory.definition.id, memory);
    for (const type of memory.eventTypes) {
      const those = this.byType.get(type);
      if (those === undefined) this.byType.set(type, [memory]);
      else those.push(memory);
    }
  }
}

import type { FactReference } from './fact-reference.ts';
import { FEATURE_FACT, featureIn, type FeatureLookup, featureRefOf } from './feature-fact.ts';
import { compilePath } from './json-path.ts';
import { keyReader, LOOKUP_FACT, type LookupRef, lookupRefOf, type Lookups } from './lookup-fact.ts';
import { PERSON_FACT, type PersonLookup, personName, personRefOf } from './person-fact.ts';
import { type MemoryLookup, memoryNamedBy, seenOfMemory } from './memory/memory-fact.ts';

/**
 * What conditions look at, by the fact's name. A fact that is absent is undefined (json-rules-engine's `allowUndefinedFacts`); `feature` is a
 * FeatureLookup, `lookup` are Lookups, `person` is a PersonLookup and each fact with a memory is a MemoryLookup, new ones for each event, since what was read of a fact that is the same one
 * may be kept.
 */
export type Facts = Readonly<Record<string, unknown>>;

type Reader = (facts: Facts) => unknown;

const UNREAD = Symbol('unread');

/** Reads a place of a fact. A path applies to objects and lists only; of any other fact the value itself is taken, as in json-rules-engine. */
export function factReader(place: FactReference): Reader {
  const { path } = place;
  const readFact = valueReader(place);
  if (path === undefined || path === '') return readFact;
  const read = compilePath(path);
  return (facts) => {
    const value = readFact(facts);
    return typeof value === 'object' && value !== null ? read(value) : value;
  };
}

function valueReader(place: FactReference): Reader {
  const { fact } = place;
  const memory = memoryNamedBy(place);
  if (memory !== undefined)
    return (facts) => seenOfMemory(place, (facts[fact] as MemoryLookup | undefined)?.(memory.id));
  const lookup = lookupRefOf(place);
  if (lookup !== undefined) return lookupReader(lookup);
  const person = personRefOf(place);
  if (person !== undefined) {
    const name = personName(person);
    return (facts) => (facts[PERSON_FACT] as PersonLookup | undefined)?.(name)?.value;
  }
  const feature = featureRefOf(place);
  if (feature === undefined) return (facts) => facts[fact];
  if (feature.ratio === undefined)
    return (facts) => (facts[FEATURE_FACT] as FeatureLookup | undefined)?.(feature.id, feature.version)?.value;
  return (facts) => {
    const lookup = facts[FEATURE_FACT] as FeatureLookup | undefined;
    return lookup && featureIn(lookup, feature)?.value;
  };
}

function lookupReader(ref: LookupRef): Reader {
  const keyOf = keyReader(ref);
  return (facts) => {
    const key = keyOf(facts['event']);
    return key === undefined ? undefined : (facts[LOOKUP_FACT] as Lookups | undefined)?.(ref.id, key)?.value;
  };
}

/** By which a place of a fact is known. */
export function placeName(place: FactReference): string {
  const parts = [place.fact, place.path ?? ''];
  const memory = memoryNamedBy(place);
  if (memory !== undefined) return JSON.stringify([...parts, memory.id]);
  const feature = featureRefOf(place);
  const lookup = lookupRefOf(place);
  if (lookup !== undefined) return JSON.stringify([...parts, lookup.id, lookup.key]);
  const person = personRefOf(place);
  if (person !== undefined) return JSON.stringify([...parts, personName(person)]);
  if (feature === undefined) return JSON.stringify(parts);
  const { id, version, ratio } = feature;
  return JSON.stringify([...parts, id, version, ...(ratio === undefined ? [] : [ratio])]);
}

/**
 * What a set of conditions reads: each place of a fact once for each event, however many conditions look at it, and only when one does. One event
 * at a time.
 */
export class FactReads {
  private facts: Facts = {};
  private readonly places = new Map<string, number>();
  private readonly readers: Reader[] = [];
  private readonly factOf: string[] = [];
  private readonly values: unknown[] = [];
  /** Places that were read of these facts. */
  private readonly read: number[] = [];

  /** The number of a place, by which `value` reads it. */
  placeOf(place: FactReference): number {
    const name = placeName(place);
    let number = this.places.get(name);
    if (number === undefined) {
      number = this.readers.push(factReader(place)) - 1;
      this.places.set(name, number);
      this.factOf.push(place.fact);
      this.values.push(UNREAD);
    }
    return number;
  }

  /** From here on it is about these facts. */
  look(facts: Facts): void {
    this.facts = facts;
    const { values, read } = this;
    for (let i = 0; i < read.length; i++) values[read[i]!] = UNREAD;
    read.length = 0;
  }

  /** As `look`; what was read of a fact that is the same one still holds. */
  lookOn(facts: Facts): void {
    const before = this.facts;
    const { values, read, factOf } = this;
    this.facts = facts;
    let kept = 0;
    for (let i = 0; i < read.length; i++) {
      const place = read[i]!;
      const fact = factOf[place]!;
      if (facts[fact] === before[fact]) read[kept++] = place;
      else values[place] = UNREAD;
    }
    read.length = kept;
  }

  /** The facts that are looked at. */
  get current(): Facts {
    return this.facts;
  }

  value(place: number): unknown {
    const value = this.values[place];
    return value === UNREAD ? this.readAt(place) : value;
  }

  private readAt(place: number): unknown {
    this.read.push(place);
    return (this.values[place] = this.readers[place]!(this.facts));
  }
}

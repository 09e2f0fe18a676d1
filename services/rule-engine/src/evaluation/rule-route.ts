import type { HermesEvent } from '@hermes/contracts/event';
import type { KeyField } from '@hermes/contracts/key-field';
import type { Rule } from '@hermes/contracts/rule';
import { subjectHash } from '@hermes/contracts/subject-hash';
import type { CompiledFeature } from '@hermes/profiles/features/compile-feature';
import { type KeyReader, keyReader } from '@hermes/profiles/features/key-reader';
import { previousNamed } from '@hermes/rules/features-named';
import { LookupQuestions } from '@hermes/rules/lookup-questions';
import { MemorySet } from '@hermes/rules/memory/memory-set';
import { RuleIndex } from '@hermes/rules/rule-index';

/** The features that a rule asks for, as they are counted. */
export type FeaturesOfRule = (rule: Rule) => readonly CompiledFeature[];

/** Features of one field of the event. */
interface AskedAtField {
  readonly entity: string;
  readonly keyIn: KeyReader;
  readonly features: readonly CompiledFeature[];
}

/** What the rules of a route ask for that look at one type of events. */
interface AskedOfType {
  readonly ofSubject: readonly CompiledFeature[];
  readonly ofFields: readonly AskedAtField[];
}

/** Features that are gathered at one key for one event. */
export interface Gather {
  readonly key: string;
  readonly features: readonly CompiledFeature[];
}

/** The way of one event to the rules of a route. */
export interface RoutedEvent {
  readonly route: RuleRoute;
  /** Where the rules are asked. */
  readonly key: string;
  /** Of the subject: known before it leaves. */
  readonly ofSubject: readonly CompiledFeature[];
  /** At other keys, each once, in the order of their names. */
  readonly gathers: readonly Gather[];
}

const fieldName = ({ entity, path }: KeyField): string => `${entity} ${path}`;

const fieldsOf = (features: readonly CompiledFeature[]): ReadonlyMap<string, KeyField> =>
  new Map(features.flatMap(({ feature: { key } }) => (key.kind === 'field' ? [[fieldName(key), key]] : [])));

/**
 * The fields whose keys a rule needs beside the event's subject, in an order of their own, its own key's first ("" where that is the subject); undefined
 * for a rule that can be asked at the subject.
 */
export function routeName({ key }: Pick<Rule, 'key'>, features: readonly CompiledFeature[]): string | undefined {
  const others = [...fieldsOf(features).keys()].sort();
  if (key === undefined && others.length === 0) return undefined;
  return JSON.stringify([key === undefined ? '' : fieldName(key), ...others]);
}

const NOTHING: AskedOfType = { ofSubject: [], ofFields: [] };

function askedOf(rules: readonly Rule[], featuresOf: FeaturesOfRule): AskedOfType {
  const features = [...new Set(rules.flatMap((rule) => featuresOf(rule)))];
  const byField = Map.groupBy(
    features.filter(({ keyIn }) => keyIn !== undefined),
    ({ feature: { key } }) => (key.kind === 'field' ? fieldName(key) : ''),
  );
  return {
    ofSubject: features.filter(({ keyIn }) => keyIn === undefined),
    ofFields: [...byField.values()].map((those) => {
      const [{ feature, keyIn }] = those as [CompiledFeature];
      return { entity: feature.key.kind === 'field' ? feature.key.entity : '', keyIn: keyIn!, features: those };
    }),
  };
}

/** Rules that go by the same field, and ask for features of the same fields: an event takes one way to all of them. */
export class RuleRoute {
  /** Of the fields alone: the same in every set. */
  readonly id: string;
  readonly index: RuleIndex;
  /** What these remember. */
  readonly memories: MemorySet;
  /** Of what is remembered for them: of the fields alone. */
  readonly scope: string;
  /** What has to be looked up for events. */
  readonly questions: LookupQuestions;
  readonly eventTypes: readonly string[];
  /** Of the key where the rules are asked; undefined: the subject's. */
  private readonly entity: string | undefined;
  private readonly keyIn: KeyReader;
  private readonly asked: ReadonlyMap<string, AskedOfType>;

  /** @param rules - at least one, all of this name */
  constructor(name: string, rules: readonly Rule[], featuresOf: FeaturesOfRule) {
    this.id = subjectHash(name).slice(0, 16);
    this.scope = this.id;
    this.index = new RuleIndex(rules);
    this.memories = new MemorySet(rules);
    this.questions = new LookupQuestions(rules);
    const remembered = this.memories.all().flatMap(({ eventTypes }) => eventTypes);
    this.eventTypes = [...new Set([...rules.flatMap(({ eventTypes }) => eventTypes), ...remembered])];
    const key = rules[0]?.key;
    this.entity = key?.entity;
    this.keyIn = key === undefined ? ({ subject }) => subject as string : keyReader(key);
    this.asked = new Map(
      this.eventTypes.map((type) => [
        type,
        askedOf([...new Set([...this.index.rulesOf(type), ...this.rulesThatCompare(type)])], featuresOf),
      ]),
    );
  }

  /** Rules that remember events of this type by what was before them. */
  private rulesThatCompare(eventType: string): readonly Rule[] {
    return this.memories
      .lookingAt(eventType)
      .flatMap(({ definition }) => this.memories.rulesAsking(definition.id))
      .filter(({ conditions }) => previousNamed(conditions).length > 0);
  }

  asks(eventType: string): AskedOfType {
    return this.asked.get(eventType) ?? NOTHING;
  }

  /** Whether rules may be asked at the key, as far as can be told from it. */
  mayEndAt(key: string): boolean {
    return this.entity === undefined || key.startsWith(`${this.entity}:`);
  }

  /** Whether events of the type may be awaited from several keys before the rules are asked. */
  gathersMany(eventType: string): boolean {
    return this.asks(eventType).ofFields.length > 1;
  }

  /** The groups of features that may be gathered at the key, as far as can be told from it. */
  groupsAt(eventType: string, key: string): readonly string[] {
    return this.asks(eventType)
      .ofFields.filter(({ entity }) => key.startsWith(`${entity}:`))
      .flatMap(({ features }) => features.map(({ group }) => group));
  }

  /** The way of an event; undefined where no rule looks at it, or it does not have the field that they go by. */
  of(event: HermesEvent): RoutedEvent | undefined {
    const asked = this.asked.get(event.type);
    const key = asked && this.keyIn(event);
    if (asked === undefined || key === undefined) return undefined;
    const gathers = new Map<string, readonly CompiledFeature[]>();
    for (const { keyIn, features } of asked.ofFields) {
      const at = keyIn(event);
      if (at !== undefined) gathers.set(at, [...(gathers.get(at) ?? []), ...features]);
    }
    return {
      route: this,
      key,
      ofSubject: asked.ofSubject,
      gathers: [...gathers]
        .map(([at, features]) => ({ key: at, features }))
        .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)),
    };
  }
}

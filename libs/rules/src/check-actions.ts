import { AttributeName, AttributeValue, MAX_ATTRIBUTE_BYTES, PLATFORM_TYPE_PREFIX } from '@hermes/contracts/attributes';
import type { Bilingual } from '@hermes/contracts/event-type';
import { EventTypeName, Subject } from '@hermes/contracts/identifiers';
import { ActionKind, MAX_ACTION_BYTES, MAX_ACTIONS, WebhookId } from '@hermes/contracts/rule-action';
import { isFactReference } from './fact-reference.ts';
import { type Fields, isFields } from './fields.ts';
import type { Finding } from './finding.ts';
import { ACTION_SAYS, unknownWord } from './rule-words.ts';

/** Objects and lists in what an action carries. */
const MAX_DATA_DEPTH = 10;
const ENTITY = /^[a-z][a-z0-9_-]{0,63}$/;

const KEYS: Readonly<Record<ActionKind, readonly string[]>> = {
  'emit-event': ['kind', 'type', 'subject', 'data'],
  'set-attribute': ['kind', 'attribute', 'value', 'subject'],
  webhook: ['kind', 'webhook', 'data'],
  hold: ['kind'],
};

type PlaceFindings = (place: object, pointer: string) => readonly Finding[];

const step = (name: string): string => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;

/**
 * Everything that is wrong with the actions of a rule as they were written. What passes can be resolved on any event, and is not too large by itself.
 *
 * @param placeFindings - what is wrong with a place of a fact
 */
export function actionFindings(actions: unknown, placeFindings: PlaceFindings): readonly Finding[] {
  if (actions === undefined) return [];
  if (!Array.isArray(actions)) return [{ pointer: '/actions', code: 'not-a-list', text: ACTION_SAYS.notAList }];
  if (actions.length > MAX_ACTIONS)
    return [{ pointer: '/actions', code: 'too-many-actions', text: ACTION_SAYS.tooMany(MAX_ACTIONS) }];
  const check = new ActionCheck(placeFindings);
  actions.forEach((action: unknown, i) => check.action(action, `/actions/${i}`));
  return check.found;
}

class ActionCheck {
  readonly found: Finding[] = [];
  private readonly placeFindings: PlaceFindings;
  private holds = false;

  constructor(placeFindings: PlaceFindings) {
    this.placeFindings = placeFindings;
  }

  action(action: unknown, pointer: string): void {
    const written = isFields(action) ? action['kind'] : undefined;
    const kinds = ActionKind.options;
    if (!isFields(action) || typeof written !== 'string')
      return this.refuse(`${pointer}/kind`, 'missing-field', ACTION_SAYS.noKind(kinds));
    const kind = ActionKind.safeParse(written);
    if (!kind.success) return this.refuse(`${pointer}/kind`, 'unknown-action', unknownWord('action', written, kinds));
    this.keys(action, KEYS[kind.data], pointer);
    switch (kind.data) {
      case 'emit-event':
        this.type(action['type'], `${pointer}/type`);
        this.subject(action['subject'], `${pointer}/subject`);
        return this.data(action['data'], `${pointer}/data`);
      case 'set-attribute':
        this.attribute(action, pointer);
        return this.subject(action['subject'], `${pointer}/subject`);
      case 'webhook':
        if (!WebhookId.safeParse(action['webhook']).success)
          this.refuse(`${pointer}/webhook`, 'missing-field', ACTION_SAYS.webhook);
        if (Object.hasOwn(action, 'data')) this.data(action['data'], `${pointer}/data`);
        return;
      case 'hold':
        if (this.holds) this.refuse(pointer, 'held-twice', ACTION_SAYS.holdOnce);
        this.holds = true;
    }
  }

  private refuse(pointer: string, code: string, text: Bilingual): void {
    this.found.push({ pointer, code, text });
  }

  private keys(value: Fields, known: readonly string[], pointer: string): void {
    for (const key of Object.keys(value))
      if (!known.includes(key))
        this.refuse(`${pointer}${step(key)}`, 'unknown-field', unknownWord('field', key, known));
  }

  private place(place: object, pointer: string): void {
    this.found.push(...this.placeFindings(place, pointer));
  }

  private type(type: unknown, pointer: string): void {
    if (!EventTypeName.safeParse(type).success) return this.refuse(pointer, 'invalid-field', ACTION_SAYS.type);
    if ((type as string).startsWith(PLATFORM_TYPE_PREFIX))
      this.refuse(pointer, 'platform-type', ACTION_SAYS.platformType);
  }

  private subject(subject: unknown, pointer: string): void {
    if (subject === undefined || Subject.safeParse(subject).success) return;
    if (isFactReference(subject)) return this.place(subject, pointer);
    if (!isFields(subject) || !Object.hasOwn(subject, 'entity'))
      return this.refuse(pointer, 'invalid-field', ACTION_SAYS.subject);
    const { entity, id } = subject;
    this.keys(subject, ['entity', 'id'], pointer);
    if (typeof entity !== 'string' || !ENTITY.test(entity))
      this.refuse(`${pointer}/entity`, 'invalid-field', ACTION_SAYS.entity);
    if (isFactReference(id)) this.place(id, `${pointer}/id`);
    else this.refuse(`${pointer}/id`, 'missing-field', ACTION_SAYS.subject);
  }

  private attribute({ attribute, value }: Fields, pointer: string): void {
    if (!AttributeName.safeParse(attribute).success)
      this.refuse(`${pointer}/attribute`, 'invalid-field', ACTION_SAYS.attribute);
    if (isFactReference(value)) return this.place(value, `${pointer}/value`);
    if (!AttributeValue.safeParse(value).success)
      this.refuse(`${pointer}/value`, 'wrong-value', ACTION_SAYS.attributeValue(MAX_ATTRIBUTE_BYTES));
  }

  private data(data: unknown, pointer: string): void {
    if (!isFields(data) || isFactReference(data)) return this.refuse(pointer, 'invalid-field', ACTION_SAYS.data);
    if (Buffer.byteLength(JSON.stringify(data)) > MAX_ACTION_BYTES)
      return this.refuse(pointer, 'too-long', ACTION_SAYS.dataTooLong(MAX_ACTION_BYTES));
    this.value(data, pointer, 1);
  }

  private value(value: unknown, pointer: string, depth: number): void {
    if (typeof value !== 'object' || value === null) return;
    if (isFactReference(value)) return this.place(value, pointer);
    if (depth > MAX_DATA_DEPTH) return this.refuse(pointer, 'too-deep', ACTION_SAYS.dataTooDeep(MAX_DATA_DEPTH));
    for (const [name, item] of Object.entries(value)) {
      // It would be lost on the way: it is no name of a field in JavaScript.
      if (name === '__proto__') this.refuse(`${pointer}${step(name)}`, 'invalid-field', ACTION_SAYS.data);
      else this.value(item, `${pointer}${step(name)}`, depth + 1);
    }
  }
}

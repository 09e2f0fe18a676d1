import type { Bilingual } from '@hermes/contracts/event-type';
import { adviceFor } from './suggestion.ts';
import { both } from './words.ts';

/** Words of the rule language that a person may have mistyped. */
const KINDS_OF_WORDS = {
  field: both('field', '字段'),
  fact: both('fact', '事实'),
  operator: both('operator', '运算符'),
  decorator: both('decorator', '修饰符'),
  condition: both('condition', '条件'),
  day: both('day', '星期'),
  list: both('list', '名单'),
  lookup: both('lookup', '外部查询'),
  feature: both('feature', '特征'),
  segment: both('segment', '人群'),
  webhook: both('webhook', 'webhook'),
  action: both('action', '动作'),
} as const;

/** A word that there is none of, with what was probably meant, or what there is. */
export function unknownWord(kind: keyof typeof KINDS_OF_WORDS, word: string, known: readonly string[]): Bilingual {
  const { en, zh } = KINDS_OF_WORDS[kind];
  if (known.length === 0) return both(`unknown ${en} "${word}"`, `未知的${zh}“${word}”`);
  const advice = adviceFor(word, known);
  return both(`unknown ${en} "${word}"; ${advice.en}`, `未知的${zh}“${word}”；${advice.zh}`);
}

const COUNT_EXAMPLE = both(
  'for example {"that": {"all": [...]}, "atLeast": 3}',
  '例如 {"that": {"all": [...]}, "atLeast": 3}',
);

/** What `checkRule` says of the shape of a rule and of its conditions, in every language. What a person writes in a rule stays what it is. */
export const SAYS = {
  notARule: both('a rule is a JSON object', '规则是一个 JSON 对象'),
  tooLong: (most: number) => both(`a rule has at most ${most} characters of JSON`, `规则的 JSON 最多 ${most} 个字符`),
  noRoot: both(
    'the outermost condition is "all", "any" or "not"; wrap a single comparison in "all"',
    '最外层的条件是“all”、“any”或“not”；请把单个比较放进“all”',
  ),
  tooManyConditions: (most: number) => both(`a rule has at most ${most} conditions`, `规则最多有 ${most} 个条件`),
  tooDeep: (most: number) => both(`conditions nest at most ${most} deep`, `条件最多嵌套 ${most} 层`),
  notACondition: both(
    'a condition is an object: {"all": [...]}, {"any": [...]}, {"not": {...}} or a comparison',
    '条件是一个对象：{"all": [...]}、{"any": [...]}、{"not": {...}} 或一个比较',
  ),
  ambiguous: (branches: readonly string[]) =>
    both(
      `a condition has one of "all", "any" and "not"; nest ${branches.join(' and ')} in each other`,
      `一个条件只能有“all”、“any”、“not”之一；请把 ${branches.join(' 和 ')} 相互嵌套`,
    ),
  notAList: (branch: string) => both(`"${branch}" holds a list of conditions`, `“${branch}”里是条件的列表`),
  name: both('a name is a text', '名称是文本'),
  priority: both('a priority is a whole number from 1', '优先级是从 1 开始的整数'),
  params: both('params is an object', 'params 是对象'),
  noFeature: both(
    'say which feature, for example "params": {"id": "showings_7d"}',
    '请写明是哪个特征，例如 "params": {"id": "showings_7d"}',
  ),
  noLookup: both(
    'say which lookup, for example "params": {"id": "credit", "key": {"fact": "event", "path": "$.data.customerId"}}',
    '请写明是哪个外部查询，例如 "params": {"id": "credit", "key": {"fact": "event", "path": "$.data.customerId"}}',
  ),
  noPerson: both(
    'say what of the person, for example "params": {"feature": "showings_7d"} or "params": {"segment": "vip"}',
    '请写明画像的哪一项，例如 "params": {"feature": "showings_7d"} 或 "params": {"segment": "vip"}',
  ),
  personPath: both('a person is in a segment or not: it has no "path"', '主体在或不在人群中：不能写“path”'),
  lookupKey: both(
    'a lookup is asked with a key: a place of the event such as {"fact": "event", "path": "$.data.customerId"}, or a text or a number',
    '外部查询需要键：事件中的位置，例如 {"fact": "event", "path": "$.data.customerId"}，或文本、数字',
  ),
  ratio: both(
    'the features of a ratio are written into a rule when it is saved: say its id only',
    '比率的两个特征在保存规则时写入：只需写明它的 id',
  ),
  version: both('a version is a whole number from 1', '版本是从 1 开始的整数'),
  noValue: both('a comparison needs a "value" (null is one)', '比较需要“value”（可以是 null）'),
  noFact: (facts: readonly string[]) =>
    both(`a comparison names its fact: ${facts.join(', ')}`, `比较要写明它的事实：${facts.join('、')}`),
  noOperator: (operators: readonly string[]) =>
    both(`a comparison has an operator: ${operators.join(', ')}`, `比较要有运算符：${operators.join('、')}`),
  noPath: both('a path is a text such as "$.data.totalPriceCny"', '路径是文本，例如“$.data.totalPriceCny”'),
  decoratedElements: (base: string) =>
    both(
      `"${base}" stands by itself; the opposite of "anyElement" is "noElement"`,
      `“${base}”不能加修饰符；“anyElement”的反面是“noElement”`,
    ),
  listInList: both(
    'a condition on elements asks no list; a path such as "$.data.listings[*].rooms[*]" leads to the elements of all of them',
    '元素的条件里不能再询问列表；“$.data.listings[*].rooms[*]”这样的路径通向所有列表的元素',
  ),
  countShape: both(
    `"countElements" needs a condition and how many, ${COUNT_EXAMPLE.en}`,
    `“countElements”需要一个条件和数量，${COUNT_EXAMPLE.zh}`,
  ),
  countBounds: both(
    `"countElements" needs "atLeast", "atMost" or both, ${COUNT_EXAMPLE.en}`,
    `“countElements”需要“atLeast”、“atMost”或两者，${COUNT_EXAMPLE.zh}`,
  ),
  countNumber: both('how many elements is a whole number from 0', '元素的数量是从 0 开始的整数'),
  countNone: (atLeast: number, atMost: number) =>
    both(
      `no list has at least ${atLeast} and at most ${atMost} of them`,
      `没有列表既至少有 ${atLeast} 个又至多有 ${atMost} 个`,
    ),
  conditionRef: both(
    '"condition" beside a group is {"id", "version"} of a named condition',
    '组旁边的“condition”是命名条件的 {"id", "version"}',
  ),
  needsListId: (base: string) =>
    both(
      `"${base}" needs the id of a named list, for example {"list": "vip-customers"}`,
      `“${base}”需要名单的 id，例如 {"list": "vip-customers"}`,
    ),
  decoratedList: (base: string) =>
    both(
      `"${base}" takes "someFact", "everyFact" and "not"; its value is one named list`,
      `“${base}”只能用“someFact”、“everyFact”和“not”；它的值是一个名单`,
    ),
  decoratedChange: (base: string) => both(`"${base}" takes only "not"`, `“${base}”只能加“not”`),
  noChanges: both('what was before cannot be asked here', '这里不能询问之前的值'),
  changeOfEvent: (base: string) =>
    both(
      `"${base}" looks at a place of the event: "fact": "event" with a "path"`,
      `“${base}”看的是事件的一个位置：“fact”是“event”，并写明“path”`,
    ),
  changeValue: (base: string) =>
    base === 'changed'
      ? both('"changed" needs true, or false for what stayed the same', '“changed”需要 true；没有变化则写 false')
      : both(`"${base}" needs a text, a number, true or false`, `“${base}”需要文本、数字、true 或 false`),
  tooManyChanges: (most: number) =>
    both(`a rule asks of at most ${most} places what was there before`, `一条规则最多询问 ${most} 个位置之前的值`),
  noLists: both('named lists cannot be asked here', '这里不能询问名单'),
  listFact: both(
    'the fact "list" goes with "contains" or "doesNotContain" and a place of the event: {"fact": "list", "params": {"id": "vip-customers"}, "operator": "contains", "value": {"fact": "event", "path": "$.data.customerId"}}',
    '事实“list”要与“contains”或“doesNotContain”以及事件的位置一起使用：{"fact": "list", "params": {"id": "vip-customers"}, "operator": "contains", "value": {"fact": "event", "path": "$.data.customerId"}}',
  ),
  noSwap: (base: string) =>
    both(`"${base}" does not take "swap": its value is what the rule says`, `“${base}”不能用“swap”：它的值由规则给出`),
  needsList: (operator: string) =>
    both(
      `"${operator}" needs a list of values, for example ["Haidian", "Chaoyang"]`,
      `“${operator}”需要值的列表，例如 ["Haidian", "Chaoyang"]`,
    ),
  needsOneValue: (operator: string) =>
    both(
      `"${operator}" compares with one value; lists and objects are never equal to each other`,
      `“${operator}”只与一个值比较；列表和对象永远不会相等`,
    ),
  needsText: (operator: string) => both(`"${operator}" needs a text`, `“${operator}”需要文本`),
  needsNumber: (operator: string) =>
    both(
      `"${operator}" needs a number, or a text that begins with one such as a date`,
      `“${operator}”需要数字，或以数字开头的文本，例如日期`,
    ),
  tooManyPatterns: (most: number) => both(`a rule has at most ${most} patterns`, `规则最多有 ${most} 个模式`),
  patternTooLong: (most: number) => both(`a pattern has at most ${most} characters`, `模式最多 ${most} 个字符`),
} as const;

const WHEN = both(
  'a date, or a date and a time, for example "2026-03-01" or "2026-03-01T09:00"',
  '日期，或日期和时间，例如“2026-03-01”或“2026-03-01T09:00”',
);

/** What is said of values of time and place. */
export const VALUE_SAYS = {
  needsWhen: (operator: string) => both(`"${operator}" needs ${WHEN.en}`, `“${operator}”需要${WHEN.zh}`),
  ofWhen: both(`"of" is ${WHEN.en}, or another place of the event`, `“of”是${WHEN.zh}，或事件的另一个位置`),
  within: both(
    '"within" needs an instant and how far from it at most, for example {"of": {"fact": "event", "path": "$.time"}, "minutes": 30}',
    '“within”需要一个时刻和最多相差多久，例如 {"of": {"fact": "event", "path": "$.time"}, "minutes": 30}',
  ),
  during: both(
    '"during" needs days, hours or both, for example {"days": ["saturday", "sunday"], "from": "09:00", "to": "18:00"}',
    '“during”需要星期、时段或两者，例如 {"days": ["saturday", "sunday"], "from": "09:00", "to": "18:00"}',
  ),
  days: both(
    '"days" is a list of days, for example ["saturday", "sunday"]',
    '“days”是星期的列表，例如 ["saturday", "sunday"]',
  ),
  clocks: both(
    '"from" and "to" are times of the day such as "09:00"; the last "to" is "24:00"',
    '“from”和“to”是一天中的时间，例如“09:00”；最晚的“to”是“24:00”',
  ),
  sameClock: both(
    '"from" and "to" are the same time: leave both out for the whole day',
    '“from”和“to”相同：如果是全天，请都不写',
  ),
  runTimes: both(
    'say when the rule runs: "days", "from" and "to", "starts", "ends", or several of them',
    '请写明规则何时运行：“days”、“from”和“to”、“starts”、“ends”，或其中几个',
  ),
  endsFirst: both('"ends" is after "starts"', '“ends”在“starts”之后'),
  noTimeZone: (shown: string) =>
    both(
      `${shown} is no time zone; they have names such as "Asia/Shanghai"`,
      `${shown} 不是时区；时区的名称例如“Asia/Shanghai”`,
    ),
  withinKm: both(
    '"withinKm" needs a place and how far from it at most, for example {"of": {"longitude": 116.4, "latitude": 39.9}, "km": 1.5}',
    '“withinKm”需要一个地点和最远多少公里，例如 {"of": {"longitude": 116.4, "latitude": 39.9}, "km": 1.5}',
  ),
  polygon: (most: number) =>
    both(
      `"insidePolygon" needs 3 to ${most} corners, each [longitude, latitude] in degrees, for example [[116.3, 39.9], [116.5, 39.9], [116.4, 40.0]]`,
      `“insidePolygon”需要 3 到 ${most} 个角，每个是以度为单位的 [经度, 纬度]，例如 [[116.3, 39.9], [116.5, 39.9], [116.4, 40.0]]`,
    ),
} as const;

/** What is said of actions. */
export const ACTION_SAYS = {
  notAList: both('actions are a list, for example [{"kind": "hold"}]', '动作是一个列表，例如 [{"kind": "hold"}]'),
  tooMany: (most: number) => both(`a rule has at most ${most} actions`, `规则最多有 ${most} 个动作`),
  noKind: (kinds: readonly string[]) =>
    both(`an action says its kind: ${kinds.join(', ')}`, `动作要写明它的种类：${kinds.join('、')}`),
  holdOnce: both('a decision is held once', '一个决定只能暂缓一次'),
  type: both(
    'an event type is lower-case words joined by ".", for example "deal.flagged"',
    '事件类型是用“.”连接的小写单词，例如“deal.flagged”',
  ),
  platformType: both(
    'types that begin with "hermes." are the platform\'s own; "set-attribute" sets an attribute',
    '以“hermes.”开头的类型属于平台；设置属性请用“set-attribute”',
  ),
  subject: both(
    'a subject is "<kind>:<id>", a place such as {"fact": "event", "path": "$.data.broker"}, or {"entity": "listing", "id": {"fact": "event", "path": "$.data.listingId"}}',
    '主体是“<类型>:<编号>”、一个位置，例如 {"fact": "event", "path": "$.data.broker"}，或 {"entity": "listing", "id": {"fact": "event", "path": "$.data.listingId"}}',
  ),
  entity: both('an entity is a word such as "listing", in lower case', '实体是小写的单词，例如“listing”'),
  data: both(
    '"data" is an object of literals and places, for example {"price": {"fact": "event", "path": "$.data.price"}}',
    '“data”是由字面值和位置组成的对象，例如 {"price": {"fact": "event", "path": "$.data.price"}}',
  ),
  dataTooDeep: (most: number) => both(`data nest at most ${most} deep`, `data 最多嵌套 ${most} 层`),
  dataTooLong: (most: number) => both(`data have at most ${most} bytes of JSON`, `data 的 JSON 最多 ${most} 字节`),
  attribute: both(
    'an attribute is up to 64 lower-case letters, digits, "_" and "-", a letter first',
    '属性名最多 64 个小写字母、数字、“_”和“-”，以字母开头',
  ),
  attributeValue: (most: number) =>
    both(
      `an attribute is a text of at most ${most} bytes, a number, true, false, null (takes it back), or a place`,
      `属性值是最多 ${most} 字节的文本、数字、true、false、null（撤回）或一个位置`,
    ),
  webhook: both(
    'name a webhook of the project by its id, for example "w-0f3a9c" (GET webhooks of alerting lists them)',
    '请用编号写明项目的 webhook，例如“w-0f3a9c”（告警服务的 GET webhooks 会列出它们）',
  ),
} as const;

/** What is said of paths. */
export const PATH_SAYS = {
  tooLong: (most: number) => both(`a path has at most ${most} characters`, `路径最多 ${most} 个字符`),
  noDollar: both(
    'a path is JSONPath and begins with "$", for example "$.data.totalPriceCny"',
    '路径是 JSONPath，以“$”开头，例如“$.data.totalPriceCny”',
  ),
  scripts: both(
    'filters and scripts, "?(...)" and "(...)", are not evaluated; use a condition for each comparison',
    '不执行过滤和脚本“?(...)”和“(...)”；请为每个比较写一个条件',
  ),
  operators: both('the operators "^", "~", "`" and "@" are not supported', '不支持“^”、“~”、“`”和“@”'),
  descents: both(
    'recursive descent ".." may occur once, so that its cost stays bounded',
    '递归“..”只能出现一次，以限制开销',
  ),
  unreadable: (why: string) => both(`the path cannot be read: ${why}`, `无法读取该路径：${why}`),
} as const;

/** The Chinese for what schemas of contracts say in words of their own; by the English. */
const SCHEMA_WORDS: Readonly<Record<string, string>> = {
  'an event type is lower-case words joined by ".", for example "deal.signed"':
    '事件类型是用“.”连接的小写单词，例如“deal.signed”',
  'a path is JSONPath and begins with "$", for example "$.data.listingId"':
    '路径是 JSONPath，以“$”开头，例如“$.data.listingId”',
  'an entity is a lower-case word, for example "listing"': '实体是小写单词，例如“listing”',
  'a suppression lasts from a second to 31 days, for example {"hours": 4}': '抑制时长从一秒到 31 天，例如 {"hours": 4}',
  'a time is from a second to 31 days, for example {"hours": 2}': '时间从一秒到 31 天，例如 {"hours": 2}',
  'a path into the event is such as "$.data.appointmentId"': '指向事件内部的路径，例如“$.data.appointmentId”',
  'Walking has to be slower than driving, driving than a train, a train than a plane':
    '步行要慢于驾车，驾车要慢于火车，火车要慢于飞机',
  'Work has to end after it begins': '下班时间要晚于上班时间',
  'The shortest showing has to be shorter than the longest one': '最短带看时长要小于最长带看时长',
  '"atLeast" findings and "withinDays" stand together': '“atLeast”和“withinDays”要一起写',
};

/** @param message - in Chinese already where the schema has no words of its own */
export const inChinese = (message: string): string => SCHEMA_WORDS[message] ?? message;

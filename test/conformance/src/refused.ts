/** `npm run conformance:refused [-- --allow-more]`: writes down again which recorded cases the engine refuses; needs no Flink. */
import { findCases } from './find-cases.ts';
import { nameInList, readRefusedList, verdictOf, writeRefusedList } from './refused-list.ts';

const before = readRefusedList();
const now = new Map<string, string>();
for (const each of findCases([])) {
  const verdict = await verdictOf(each);
  if (verdict.kind === 'refused') now.set(nameInList(each), verdict.reason);
}
const more = [...now.keys()].filter((name) => !before.has(name));
for (const name of before.keys()) if (!now.has(name)) console.log(`runs now: ${name}`);
for (const name of more) console.log(`refused:  ${name}: ${now.get(name)}`);
if (more.length > 0 && before.size > 0 && !process.argv.includes('--allow-more')) {
  console.log('The list would grow; nothing is written. --allow-more is for new cases.');
  process.exit(1);
}
writeRefusedList(now);
console.log(JSON.stringify({ refused: now.size, before: before.size }));

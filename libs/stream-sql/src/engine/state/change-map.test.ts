import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Key } from '../code/key-code.ts';
import { ChangeMap, type Item } from './change-map.ts';
import { StateReader, StateWriter } from './state-codec.ts';

const keys = fc.constantFrom<Key>(
  null,
  0,
  1,
  NaN,
  '',
  'a',
  true,
  5n,
  ...Array.from({ length: 100 }, (_, i) => `k${i}`),
);
const steps = fc.array(
  fc.oneof(
    fc.record({ set: keys, to: fc.integer() }),
    fc.record({ remove: keys }),
    fc.constantFrom<'full' | 'changes'>('full', 'changes'),
  ),
  { maxLength: 200 },
);

test('a map is what a Map is, and what its checkpoints say, whole or by their changes', () => {
  fc.assert(
    fc.property(steps, (all) => {
      const model = new Map<Key, Item>();
      const map = new ChangeMap();
      const restored = new ChangeMap();
      let saved: [Key, Item][] = [];
      for (const step of all) {
        if (step === 'full' || step === 'changes') {
          const writer = new StateWriter();
          map.write(writer, step === 'full');
          restored.apply(new StateReader(writer.finish()));
          saved = [...model];
        } else if ('set' in step) {
          model.set(step.set, step.to);
          map.set(step.set, step.to);
        } else {
          model.delete(step.remove);
          map.delete(step.remove);
        }
        expect(new Map(map.entries())).toEqual(model);
        expect([...map.keys()]).toEqual([...new Map(map.entries()).keys()]);
        expect([...map.values()]).toEqual([...new Map(map.entries()).values()]);
        expect(map.size).toBe(model.size);
        for (const [key, item] of model) expect(map.get(key)).toBe(item);
        expect(new Map(restored.entries())).toEqual(new Map(saved));
      }
    }),
  );
});

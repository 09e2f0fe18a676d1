import type { Timer } from '../logic.ts';

const isBefore = (a: Timer, b: Timer): boolean => a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.id < b.id);

/** Timers of a run in memory, by due instant, then by id: a binary heap, in which those that were cancelled or replaced stay until they come up. */
export class TimerQueue {
  private readonly heap: Timer[] = [];
  private readonly byId = new Map<string, Timer>();

  get size(): number {
    return this.byId.size;
  }

  find(id: string): Timer | undefined {
    return this.byId.get(id);
  }

  set(timer: Timer): void {
    this.byId.set(timer.id, timer);
    const { heap } = this;
    let at = heap.length;
    heap.push(timer);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(timer, heap[parent]!)) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = timer;
  }

  remove(id: string): void {
    this.byId.delete(id);
  }

  /** The soonest; it stays. */
  first(): Timer | undefined {
    const { heap, byId } = this;
    for (;;) {
      const [timer] = heap;
      if (timer === undefined || byId.get(timer.id) === timer) return timer;
      this.pop();
    }
  }

  clear(): void {
    this.heap.length = 0;
    this.byId.clear();
  }

  private pop(): void {
    const { heap } = this;
    const last = heap.pop()!;
    if (heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child += 1;
      if (!isBefore(heap[child]!, last)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
  }
}

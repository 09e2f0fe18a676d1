/** Instants at which something is due, each once, earliest first (a binary heap). */
export class DueTimes {
  private readonly heap: number[] = [];
  private readonly known = new Set<number>();

  get first(): number {
    return this.heap[0] ?? Number.POSITIVE_INFINITY;
  }

  /** Whether something is due by then. */
  isDue(byMs: number): boolean {
    return this.heap.length > 0 && this.heap[0]! <= byMs;
  }

  add(time: number): void {
    if (this.known.has(time)) return;
    this.known.add(time);
    const { heap } = this;
    let at = heap.push(time) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (heap[parent]! <= time) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = time;
  }

  /** Takes the earliest away. */
  take(): number {
    const { heap } = this;
    const first = heap[0]!;
    this.known.delete(first);
    const last = heap.pop()!;
    if (heap.length > 0) {
      let at = 0;
      for (;;) {
        let child = at * 2 + 1;
        if (child >= heap.length) break;
        if (child + 1 < heap.length && heap[child + 1]! < heap[child]!) child++;
        if (heap[child]! >= last) break;
        heap[at] = heap[child]!;
        at = child;
      }
      heap[at] = last;
    }
    return first;
  }

  clear(): void {
    this.heap.length = 0;
    this.known.clear();
  }

  list(): readonly number[] {
    return this.heap;
  }
}

/**
 * Which section of one kind follows which, of one state at a time: a value that has grown by segments has hundreds, and a read that looked
 * through all of them for each of its features would take longer to find them than to fold them.
 */
export class SectionChains {
  private index: readonly number[] | undefined;
  private readonly heads = new Map<number, number>();
  private nexts = new Int32Array(256);

  /** @param index - three numbers a section, the first what it is; what it is may be overwritten meanwhile, no section may move */
  over(index: readonly number[]): void {
    if (this.index === index) return;
    this.index = index;
    this.heads.clear();
    const sections = index.length / 3;
    if (this.nexts.length < sections) this.nexts = new Int32Array(sections * 2);
    for (let section = sections - 1; section >= 0; section--) {
      const id = index[section * 3]!;
      this.nexts[section] = this.heads.get(id) ?? -1;
      this.heads.set(id, section * 3);
    }
  }

  /** An index may have other sections from here on. */
  forget(): void {
    this.index = undefined;
  }

  /** Where in the index the first section of the kind is; -1: nowhere. */
  first(id: number): number {
    return this.heads.get(id) ?? -1;
  }

  /** Where the next one of its kind is. */
  next(at: number): number {
    return this.nexts[at / 3]!;
  }
}

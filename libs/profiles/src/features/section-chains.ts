/**
 * Which section of one kind follows which, of one state at a time: a value that has grown by segments has hundreds, and a read that looked
 * through all of them for each of its features would take longer to find them than to fold them. In plain arrays: a Map that is cleared
 * leaves its old table behind, which keeps the next one alive, and so on until the old generation is collected.
 */
export class SectionChains {
  private index: readonly number[] | undefined;
  /** By what the section is, one more than its place; 0: nowhere. */
  private heads = new Int32Array(256);
  private nexts = new Int32Array(256);

  /** @param index - three numbers a section, the first what it is; what it is may be overwritten meanwhile, no section may move */
  over(index: readonly number[]): void {
    if (this.index === index) return;
    this.index = index;
    const sections = index.length / 3;
    if (this.nexts.length < sections) this.nexts = new Int32Array(sections * 2);
    this.heads.fill(0);
    for (let section = sections - 1; section >= 0; section--) {
      const id = index[section * 3]!;
      // A section that was taken belongs to no chain.
      if (id < 0) continue;
      if (id >= this.heads.length) this.grow(id);
      this.nexts[section] = this.heads[id]!;
      this.heads[id] = section + 1;
    }
  }

  /** An index may have other sections from here on. */
  forget(): void {
    this.index = undefined;
  }

  /** Where in the index the first section of the kind is; -1: nowhere. */
  first(id: number): number {
    return placeOf(this.heads[id] ?? 0);
  }

  /** Where the next one of its kind is. */
  next(at: number): number {
    return placeOf(this.nexts[at / 3]!);
  }

  private grow(id: number): void {
    const larger = new Int32Array(id * 2);
    larger.set(this.heads);
    this.heads = larger;
  }
}

const placeOf = (sectionPlusOne: number): number => (sectionPlusOne === 0 ? -1 : (sectionPlusOne - 1) * 3);

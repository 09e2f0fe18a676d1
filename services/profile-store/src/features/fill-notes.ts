import type { FillPartition } from '@hermes/contracts/feature-api';

interface Note {
  reason: string | null;
  readonly partitions: Map<number, FillPartition>;
}

/** What this process knows of fills that are under way, for people. Lost with the process: the state has the truth. */
export class FillNotes {
  private readonly notes = new Map<string, Note>();

  trouble(project: string, slot: number, reason: string | null): void {
    this.of(project, slot).reason = reason;
  }

  progress(project: string, slot: number, partition: FillPartition): void {
    this.of(project, slot).partitions.set(partition.partition, partition);
  }

  read(
    project: string,
    slot: number,
  ): { readonly reason: string | null; readonly partitions: readonly FillPartition[] } {
    const note = this.notes.get(`${project}/${slot}`);
    const partitions = [...(note?.partitions.values() ?? [])].sort((a, b) => a.partition - b.partition);
    return { reason: note?.reason ?? null, partitions };
  }

  /** Forgets the fills of a project that are over. */
  keepOnly(project: string, slots: readonly number[]): void {
    const kept = new Set(slots.map((slot) => `${project}/${slot}`));
    for (const key of this.notes.keys()) if (key.startsWith(`${project}/`) && !kept.has(key)) this.notes.delete(key);
  }

  private of(project: string, slot: number): Note {
    const key = `${project}/${slot}`;
    const known = this.notes.get(key);
    if (known !== undefined) return known;
    const note: Note = { reason: null, partitions: new Map() };
    this.notes.set(key, note);
    return note;
  }
}

/** Why fills wait, as far as this process knows, for people. Lost with the process: the state has the truth. */
export class FillTroubles {
  private readonly reasons = new Map<string, string>();

  note(project: string, slot: number, reason: string | null): void {
    const key = `${project} ${slot}`;
    if (reason === null) this.reasons.delete(key);
    else this.reasons.set(key, reason);
  }

  reasonOf(project: string, slot: number | undefined): string | null {
    return slot === undefined ? null : (this.reasons.get(`${project} ${slot}`) ?? null);
  }
}

/** A subject as people type it: `<kind>:<id>`, as `Subject` in the contracts has it. Pure. */
export const isSubject = (text: string): boolean => text.length <= 256 && /^[a-z][a-z0-9_-]*:\S+$/.test(text);

/** `broker:b-17` -> kind `broker`, id `b-17`. */
export function partsOf(subject: string): { readonly kind: string; readonly id: string } {
  const colon = subject.indexOf(':');
  return { kind: subject.slice(0, colon), id: subject.slice(colon + 1) };
}

/** The subject of a decision's or a platform's alert is only worth a look-up when it is one. */
export const distinctSubjects = (subjects: readonly string[], most: number): readonly string[] =>
  [...new Set(subjects.filter(isSubject))].slice(0, most);

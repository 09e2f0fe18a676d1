/**
 * The names of an object's members in the order in which they were seen, those that nobody reads too, and the shapes of the objects
 * among them that are read. A record whose members are some of these, in this order, is read without looking for names.
 */
export interface JsonShape {
  readonly members: readonly { readonly name: string; readonly inner: JsonShape | undefined }[];
}

/** A member as a record has it. `inner`: what stands in it, when it is an object that somebody reads. */
export interface SeenMember {
  readonly name: string;
  readonly inner: readonly SeenMember[] | undefined;
}

export const EMPTY_SHAPE: JsonShape = { members: [] };

/** The shape with what one more record has: unknown names take their place after the name that they follow. */
export function learn(shape: JsonShape, seen: readonly SeenMember[]): JsonShape {
  const members = [...shape.members];
  let place = 0;
  for (const { name, inner } of seen) {
    const found = members.findIndex((member) => member.name === name);
    if (found < 0) members.splice(place++, 0, { name, inner: inner && learn(EMPTY_SHAPE, inner) });
    else {
      const known = members[found]!;
      if (inner !== undefined) members[found] = { name, inner: learn(known.inner ?? EMPTY_SHAPE, inner) };
      place = Math.max(place, found + 1);
    }
  }
  return { members };
}

/** How many members a shape has, with those of its inner shapes. */
export const sizeOf = (shape: JsonShape): number =>
  shape.members.reduce((sum, { inner }) => sum + 1 + (inner === undefined ? 0 : sizeOf(inner)), 0);

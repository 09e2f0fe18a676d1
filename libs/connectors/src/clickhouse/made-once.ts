/**
 * Makes what is missing when it is first asked for, and after a failure again, so that services and servers start in any order.
 *
 * @param make - may be asked more than once, after it has rejected
 */
export function madeOnce(make: () => Promise<void>): () => Promise<void> {
  let made: Promise<void> | undefined;
  return () => {
    made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };
}

/** `first`: whenever it has something to do, ahead of everything but what answers. `usual`: when it is its turn. */
export type Turn = 'first' | 'usual';

const SMALL_SHARE = 0.5;
const LARGE_SHARE = 0.8;

/**
 * Whose turn counting is. An event should be readable soon, and counting what comes takes a part of a core: that may go first, so that it gets half a
 * core whatever else there is to do. A backlog, or the history of a new feature, takes all that there is for as long as it lasts, and shares what
 * is beyond that half with everybody. Pure.
 *
 * @param share - of a core, as the thread used it in the last while
 */
export function turnAfter(turn: Turn, share: number): Turn {
  if (turn === 'first') return share > LARGE_SHARE ? 'usual' : 'first';
  return share < SMALL_SHARE ? 'first' : 'usual';
}

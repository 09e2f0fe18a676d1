/** `first`: whenever it has something to do, ahead of everything but what answers. `usual`: when it is its turn. */
export type Turn = 'first' | 'usual';

/** Of a core: below it counting goes first, above the other it does not; and what a backlog gets in any case. */
const SMALL_SHARE = 0.5;
const LARGE_SHARE = 0.8;
const BACKLOG_SHARE = 0.2;

/**
 * Whose turn counting is. An event should be readable soon, and counting what comes takes a part of a core: that may go first, so that it gets half a
 * core whatever else there is to do. A backlog, or the history of a new feature, takes all that there is for as long as it lasts; nobody waits for the
 * single event in it, so it shares with everybody what reads leave, and goes first only where that is next to nothing. Pure.
 *
 * @param share - of a core, as the thread used it in the last while
 * @param isBehind - whether it counts a backlog
 */
export function turnAfter(turn: Turn, share: number, isBehind: boolean): Turn {
  if (turn === 'first') return share > LARGE_SHARE || isBehind ? 'usual' : 'first';
  return share < (isBehind ? BACKLOG_SHARE : SMALL_SHARE) ? 'first' : 'usual';
}

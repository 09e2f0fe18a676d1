import { useCallback } from 'react';
import { useSearchParams } from 'react-router';

/** One piece of the page's state in its URL, so that a link shows the same to whoever opens it; null takes it out. */
export function useUrlState(
  name: string,
  history: 'push' | 'replace' = 'replace',
): readonly [string | null, (value: string | null) => void] {
  const [params, setParams] = useSearchParams();
  const set = useCallback(
    (value: string | null) => {
      // From the address itself: what the router hands out is of the last drawing, and two quick changes would lose one.
      const next = new URLSearchParams(window.location.search);
      if (value === null) next.delete(name);
      else next.set(name, value);
      void setParams(next, { replace: history === 'replace', preventScrollReset: true });
    },
    [setParams, name, history],
  );
  return [params.get(name), set];
}

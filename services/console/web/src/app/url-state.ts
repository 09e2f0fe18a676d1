import { useCallback } from 'react';
import { useSearchParams } from 'react-router';

/** One piece of the page's state in its URL, so that a link shows the same to whoever opens it; null takes it out. */
export function useUrlState(
  name: string,
  history: 'push' | 'replace' = 'replace',
): readonly [string | null, (value: string | null) => void] {
  const [params, setParams] = useSearchParams();
  const set = useCallback(
    (value: string | null) =>
      setParams(
        (last) => {
          const next = new URLSearchParams(last);
          if (value === null) next.delete(name);
          else next.set(name, value);
          return next;
        },
        { replace: history === 'replace', preventScrollReset: true },
      ),
    [setParams, name, history],
  );
  return [params.get(name), set];
}

import { type ReactNode, useEffect, useRef, useState } from 'react';

const DURATION_MS = 600;

/** A number that runs to its next value; at once for people who asked for less motion. */
export function MovingNumber({
  value,
  format,
}: {
  readonly value: number;
  readonly format: (value: number) => string;
}): ReactNode {
  const [shown, setShown] = useState(value);
  const from = useRef(value);
  useEffect(() => {
    const start = from.current;
    if (start === value) return undefined;
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) {
      from.current = value;
      setShown(value);
      return undefined;
    }
    const began = performance.now();
    let frame = requestAnimationFrame(function step(now) {
      const share = Math.min(1, (now - began) / DURATION_MS);
      const eased = start + (value - start) * (1 - (1 - share) ** 3);
      from.current = share === 1 ? value : eased;
      setShown(from.current);
      if (share < 1) frame = requestAnimationFrame(step);
    });
    return () => cancelAnimationFrame(frame);
  }, [value]);
  return <>{format(shown)}</>;
}

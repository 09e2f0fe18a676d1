import type { ReactNode } from 'react';

/** The product's mark. */
export const Mark = ({ size = 28 }: { readonly size?: number }): ReactNode => (
  <img src="/favicon.svg" width={size} height={size} alt="" className="mark" />
);

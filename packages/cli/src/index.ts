/** Nothing yet. */
export const EMPTY = true;

import type { PlacementContext } from '../framework/plugin.ts';

/** What is the pickers' own in the eyes of a context; see `PlacementContext`. */
export type Outlook = Pick<
  PlacementContext,
  'order' | 'ranges' | 'version' | 'wishes' | 'allows' | 'allowsWithout' | 'refusal'
> & {
  /** Which nodes are open, or how good, hangs on which pods stand where. */
  readonly isShifting?: boolean;
  /** Which of those that did not change are open does. */
  readonly mayClose?: boolean;
};

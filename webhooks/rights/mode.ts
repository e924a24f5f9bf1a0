/** What happens to who lacks a right: nobody is asked, a warning, or a refusal. */
export type RightMode = 'off' | 'warn' | 'enforce';

export const RIGHT_MODES: readonly RightMode[] = ['off', 'warn', 'enforce'];

/** Which rights of users are looked at. */
export interface RightModes {
  /** To put work into a queue (verb `use`). */
  readonly queues: RightMode;
  /** To run work outside of the queues in a namespace that opted in (verb `bypass`). */
  readonly bypass: RightMode;
}

export const NO_RIGHTS: RightModes = Object.freeze({ queues: 'off', bypass: 'off' });

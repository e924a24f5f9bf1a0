/** What the commands about policies end with. */
export const EXIT = {
  ok: 0,
  /** Something is refused, a test failed, or a policy cannot be read. */
  failed: 1,
  /** Wrong options, or a file that cannot be read. */
  badInput: 2,
  /** Something could not be decided, and nobody said that this is fine. */
  skipped: 3,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

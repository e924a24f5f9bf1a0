/** Something outside Sluice keeps it from starting; its message is the one line that the user sees. */
export class SetupError extends Error {
  override readonly name = 'SetupError';
}

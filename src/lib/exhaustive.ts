/** Reached only when a union gained a member that a switch does not handle: a bug, so it throws. */
export function assertNever(value: never): never {
  throw new InvariantError(`Cannot handle ${JSON.stringify(value)}: unknown case`);
}

/** A broken assumption of ours, never a user's mistake. Caught only in the engine and at thread borders. */
export class InvariantError extends Error {
  override readonly name = 'InvariantError';
}

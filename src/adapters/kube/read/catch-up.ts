/** What it takes to wait for a reflector. */
export interface CatchUpOptions {
  /** The version that the collection has now, read consistently; undefined when there is nobody to wait for any more. */
  readonly newestVersion: () => Promise<string | undefined>;
  /** Everything up to the version has been handed over. */
  readonly hasPassed: (version: string) => boolean;
  /** Makes the reflector hear soon how far the server is, although nothing changes. */
  readonly hurry: () => void;
  readonly wait: (delayMs: number) => Promise<void>;
  readonly isStopped: () => boolean;
}

const POLL_MS = 20;
/** Where much happens, the version comes by itself; elsewhere the next bookmark is up to a minute away. */
const POLLS_BEFORE_HURRY = 5;
const POLLS_BETWEEN_HURRIES = 250;

/**
 * Resolves once the reflector has handed over whatever the server had taken at the moment of the call, or was stopped.
 * A watch alone proves nothing: it may lag behind by any time.
 */
export async function catchUp(options: CatchUpOptions): Promise<void> {
  const version = await options.newestVersion();
  if (version === undefined) return;
  for (let poll = 1; !options.isStopped() && !options.hasPassed(version); poll += 1) {
    if (poll % POLLS_BETWEEN_HURRIES === POLLS_BEFORE_HURRY) options.hurry();
    await options.wait(POLL_MS);
  }
}

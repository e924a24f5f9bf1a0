import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

type Collect = (options?: { readonly type: 'minor' | 'major' }) => void;

/** Collects all garbage of this thread. */
export function collectGarbage(): void {
  collector()();
}

/**
 * Collects what ingesting has left, and moves what is alive out of the young generation, as it is in production where pods came before the
 * cycle that is timed. Who measures ingesting counts this to it; garbage of the cycle itself stays the cycle's.
 */
export function settleYoung(): void {
  const collect = collector();
  // What survives the first one stays among the young until the next.
  for (let i = 0; i < 2; i += 1) collect({ type: 'minor' });
}

let known: Collect | undefined;

function collector(): Collect {
  if (known === undefined) {
    // The flag has to be set before the context is made that is to know `gc`.
    setFlagsFromString('--expose-gc');
    known = runInNewContext('gc') as Collect;
  }
  return known;
}

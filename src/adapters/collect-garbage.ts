import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** V8's own collector of this thread. */
export type Collect = (options: {
  readonly type: 'minor' | 'major';
  /** Gives back to the system what can be given back. */
  readonly flavor?: 'last-resort';
}) => void;

/**
 * Collects all garbage of this thread and gives the room back. V8 does so by itself when a heap fills; one whose thread has done
 * its work at the start, and does next to nothing later, keeps what it needed then.
 */
export function collectGarbage(): void {
  garbageCollector()({ type: 'major', flavor: 'last-resort' });
}

export function garbageCollector(): Collect {
  // The function is part of contexts that are made while the flag is set.
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as Collect;
  setFlagsFromString('--no-expose-gc');
  return collect;
}

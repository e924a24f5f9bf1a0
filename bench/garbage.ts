import { garbageCollector } from '../src/adapters/collect-garbage.ts';

/**
 * Collects what ingesting has left, and moves what is alive out of the young generation, as it is in production where pods came before the
 * cycle that is timed. Who measures ingesting counts this to it; garbage of the cycle itself stays the cycle's.
 */
export function settleYoung(): void {
  const collect = garbageCollector();
  // What survives the first one stays among the young until the next.
  for (let i = 0; i < 2; i += 1) collect({ type: 'minor' });
}

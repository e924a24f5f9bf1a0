import { getHeapStatistics } from 'node:v8';
import { collectGarbage } from '../src/adapters/collect-garbage.ts';

/** Bytes of everything that is alive in this thread, large arrays included; collects the garbage first. */
export function liveBytes(): number {
  for (let i = 0; i < COLLECTIONS; i += 1) collectGarbage();
  const { used_heap_size: heap, external_memory: outside } = getHeapStatistics();
  return heap + outside;
}

/** What weak references and finalizers let go falls to the next one. */
const COLLECTIONS = 3;

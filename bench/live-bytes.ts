import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Bytes of everything that is alive in this thread, large arrays included; collects the garbage first. */
export function liveBytes(): number {
  // The flag has to be set before the context is made that is to know `gc`.
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  for (let i = 0; i < COLLECTIONS; i += 1) collect();
  const { used_heap_size: heap, external_memory: outside } = getHeapStatistics();
  return heap + outside;
}

/** What weak references and finalizers let go falls to the next one. */
const COLLECTIONS = 3;

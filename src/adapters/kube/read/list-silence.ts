import type { Clock } from '../../../engine/ports.ts';
import type { WatchStream } from './watch-stream.ts';

/** What it takes to notice that a streaming list has fallen silent. */
export interface ListSilenceOptions {
  readonly clock: Clock;
  readonly limitMs: number;
  /** Milliseconds since something came. */
  readonly silentForMs: () => number;
  readonly isListing: () => boolean;
}

/**
 * Ends a streaming list that is silent too long: a server that ignores `sendInitialEvents` sends the objects and then
 * nothing, never the closing bookmark. The returned function ends the looking.
 */
export function endSilentList(watch: WatchStream, options: ListSilenceOptions): () => void {
  const { clock, limitMs, silentForMs, isListing } = options;
  const openedMs = clock.monotonicMs();
  const look = (): void => {
    if (!isListing()) return;
    const quietMs = Math.min(clock.monotonicMs() - openedMs, silentForMs());
    if (quietMs >= limitMs) watch.stop(watch.isOpen ? 'unsupported' : 'idle');
    else cancel = clock.after(limitMs - quietMs, look);
  };
  let cancel = clock.after(limitMs, look);
  return () => cancel();
}

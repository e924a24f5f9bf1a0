import { newSubmitterKey } from '../../adapters/submitter-keys.ts';
import { KeyKeeper } from '../../engine/submitters/key-keeper.ts';
import type { KeyRing, KeyTimings } from '../../engine/submitters/key-ring.ts';
import type { Clock, ClusterWriter, Logger } from '../../engine/ports.ts';
import { makesKeys } from './duties.ts';
import type { ServeOptions } from './serve-options.ts';

interface KeyFeedContext {
  readonly options: Pick<ServeOptions, 'namespace' | 'certificateCheckMs' | 'roles' | 'keepsWebhooks' | 'isReadOnly'>;
  readonly writer: ClusterWriter;
  readonly clock: Clock;
  readonly log: Logger;
}

const DAY_MS = 86_400_000;
/** Looks after which every replica has read a key. */
const SETTLE_LOOKS = 5;
/** What was signed is believed for two years at least after the key has signed its last. */
const TIMES = { signMs: 90 * DAY_MS, keepMs: 821 * DAY_MS } as const;

/** The keys of submitters, from the Secret that all replicas share; made by one who may. */
export function followSubmitterKeys(
  { options, writer, clock, log }: KeyFeedContext,
  onRing: (ring: KeyRing) => void,
): KeyKeeper {
  const { namespace, certificateCheckMs: checkEveryMs } = options;
  const timings: KeyTimings = { ...TIMES, settleMs: SETTLE_LOOKS * checkEveryMs };
  const makeKey = makesKeys(options) ? newSubmitterKey : undefined;
  return new KeyKeeper({ writer, namespace, clock, log, makeKey, timings, onRing, checkEveryMs });
}

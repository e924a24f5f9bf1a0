import { parentPort, workerData } from 'node:worker_threads';
import { benchCore } from './core.ts';
import type { CoreSettings } from './core.ts';
import { benchInterleaved } from './core-interleaved.ts';
import type { InterleavedSettings } from './core-interleaved.ts';

/** Which measurement the thread makes. */
export type CoreOrder =
  | { readonly kind: 'core'; readonly settings: CoreSettings }
  | { readonly kind: 'interleaved'; readonly settings: InterleavedSettings };

const order = workerData as CoreOrder;
parentPort?.postMessage(order.kind === 'core' ? benchCore(order.settings) : benchInterleaved(order.settings));

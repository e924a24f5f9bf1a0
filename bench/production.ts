import type { ResourceLimits } from 'node:worker_threads';

/** The heap of a worker of `sluice serve` (src/cli/serve/worker-handle.ts); a test compares the two. */
export const WORKER_HEAP: ResourceLimits = Object.freeze({
  maxYoungGenerationSizeMb: 48,
  maxOldGenerationSizeMb: 4096,
});

import type { Logger } from '../../src/engine/ports.ts';

/** Throws every line away. */
export const QUIET_LOG: Logger = { debug: nothing, info: nothing, warn: nothing, error: nothing };

function nothing(): void {}

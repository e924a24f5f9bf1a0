import type { KnownKind } from '../engine/roots/served-kinds.ts';

/** The workload kinds that Sluice knows of by itself. */
export const KNOWN_KINDS: readonly KnownKind[] = [];

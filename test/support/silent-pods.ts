import type { PodProber } from '../../src/engine/ports.ts';

/** Pods that never answer. */
export const SILENT_PODS: PodProber = { ask: () => Promise.resolve(false) };

/** Nobody is asked. */
export const NO_ANSWERS = { ask: () => Promise.resolve() };

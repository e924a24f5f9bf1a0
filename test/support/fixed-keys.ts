import type { KeyMaker } from '../../src/engine/ports.ts';

/** One pair of keys for all, which are none. */
export const FIXED_KEYS: KeyMaker = {
  rsaPair: () => Promise.resolve({ privateKey: 'private', publicKey: 'public' }),
};

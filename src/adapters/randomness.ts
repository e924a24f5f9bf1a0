import { randomBytes } from 'node:crypto';
import type { Randomness } from '../engine/ports.ts';

/** Bytes of an id: 16 lower-case hexadecimal digits, allowed in every Kubernetes name. */
const ID_BYTES = 8;

/** Randomness of the operating system for ids, cheap pseudo-randomness for jitter. */
export function createSystemRandomness(): Randomness {
  return {
    id: () => randomBytes(ID_BYTES).toString('hex'),
    fraction: () => Math.random(),
  };
}

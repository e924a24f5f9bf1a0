import { setPriority } from 'node:os';

const AHEAD_OF_ORDINARY = -10;

/**
 * Puts the calling thread, and the threads that it starts, before ordinary ones where the system allows it. For load
 * generators: they stand for another machine, and must not be late because the measured program keeps the cores busy.
 */
export function outrankMeasured(): boolean {
  try {
    setPriority(0, AHEAD_OF_ORDINARY);
    return true;
  } catch {
    return false;
  }
}

import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { constants, setPriority } from 'node:os';

/** How far the engine stands back: far enough to give way at once, and still sure of a part of a full machine. */
export const ENGINE_NICENESS = constants.priority.PRIORITY_BELOW_NORMAL;

/** V8's helper threads, by the name that Node gives them: nearly all that they do is to collect the engine's garbage. */
const HELPER_NAME = 'V8Worker';
const TASKS = '/proc/self/task';

/**
 * Lets the calling thread, and V8's helpers with it, stand back behind the other threads of the process. Linux keeps a
 * niceness for each thread and takes a thread's id where a process' is asked for; elsewhere, and where it is not
 * allowed, nothing happens. Returns the number of threads that stand back now.
 */
export function standBack(niceness: number): number {
  try {
    const own = readlinkSync('/proc/thread-self').split('/').at(-1) ?? '';
    return [own, ...readdirSync(TASKS).filter(isHelper)].filter((id) => lower(Number(id), niceness)).length;
  } catch {
    return 0;
  }
}

function isHelper(id: string): boolean {
  try {
    return readFileSync(`${TASKS}/${id}/comm`, 'utf8').trim() === HELPER_NAME;
  } catch {
    // It has ended since.
    return false;
  }
}

function lower(id: number, niceness: number): boolean {
  // 0 would be the calling process as a whole.
  if (!Number.isSafeInteger(id) || id <= 0) return false;
  try {
    setPriority(id, niceness);
    return true;
  } catch {
    return false;
  }
}

import { execFile } from 'node:child_process';
import { setPriority } from 'node:os';
import { promisify } from 'node:util';

const AHEAD_OF_ORDINARY = -10;
const LOWEST_REAL_TIME = '1';

/**
 * Puts a process before ordinary ones as far as the system allows it, and tells how far. For load generators: they stand
 * for another machine, and must not be late because the measured program keeps the cores busy.
 */
export async function outrankMeasured(pid: number): Promise<'real-time' | 'raised' | 'ordinary'> {
  try {
    await promisify(execFile)('chrt', ['--all-tasks', '--fifo', '--pid', LOWEST_REAL_TIME, String(pid)]);
    return 'real-time';
  } catch {
    return raise(pid);
  }
}

function raise(pid: number): 'raised' | 'ordinary' {
  try {
    setPriority(pid, AHEAD_OF_ORDINARY);
    return 'raised';
  } catch {
    return 'ordinary';
  }
}

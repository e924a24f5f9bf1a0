import { arch, cpus, freemem, loadavg, release, totalmem, type } from 'node:os';
import type { Figures } from './figures.ts';
import { rounded } from './figures.ts';

const BYTES_PER_GIB = 2 ** 30;

/** What the figures were measured on; the load says how much else was going on when the run began. */
export function describeMachine(): Figures {
  const cores = cpus();
  return {
    cpu: cores[0]?.model ?? 'unknown',
    cores: cores.length,
    memoryGiB: rounded(totalmem() / BYTES_PER_GIB, 1),
    freeMemoryGiB: rounded(freemem() / BYTES_PER_GIB, 1),
    node: process.versions.node,
    os: `${type()} ${release()} ${arch()}`,
    loadAverageAtStart: rounded(loadavg()[0] ?? 0, 2),
  };
}

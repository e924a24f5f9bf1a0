import { readFile } from 'node:fs/promises';

/** Linux counts CPU time for its files in hundredths of a second, whatever the kernel's own tick. */
const TICKS_PER_SECOND = 100;
const USER_FIELD = 13;
const SYSTEM_FIELD = 14;

/** CPU time that the whole machine has spent: on work of any kind, and taken away by whoever hosts it. */
export interface MachineCpu {
  readonly busySeconds: number;
  readonly stolenSeconds: number;
}

/** CPU seconds of a process with all its threads so far; NaN when it is gone or the system does not tell. */
export async function processCpuSeconds(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return parseProcessStat(text);
}

/** The most memory in MiB that a process has held so far; NaN when it is gone or the system does not tell. */
export async function memoryPeakMb(pid: number): Promise<number> {
  return parseMemoryPeak(await readFile(`/proc/${pid}/status`, 'utf8').catch(() => ''));
}

/** MiB from the text of `/proc/PID/status`. */
export function parseMemoryPeak(text: string): number {
  return Math.round(Number(/^VmHWM:\s+(\d+) kB$/m.exec(text)?.[1] ?? NaN) / 1024);
}

/** CPU seconds from the text of `/proc/PID/stat`; the program's name before them may hold anything. */
export function parseProcessStat(text: string): number {
  const afterName = text.slice(text.lastIndexOf(')') + 2).split(' ');
  // The name and the pid are the first two fields.
  const [user, system] = [afterName[USER_FIELD - 2], afterName[SYSTEM_FIELD - 2]];
  return user === undefined || system === undefined ? NaN : (Number(user) + Number(system)) / TICKS_PER_SECOND;
}

/** What the whole machine has spent so far; NaN where the system does not tell. */
export async function machineCpu(): Promise<MachineCpu> {
  return parseMachineStat(await readFile('/proc/stat', 'utf8').catch(() => ''));
}

/** The machine's CPU time from the text of `/proc/stat`. */
export function parseMachineStat(text: string): MachineCpu {
  const fields = /^cpu +(.*)$/m.exec(text)?.[1]?.split(' ').map(Number) ?? [];
  const [user = NaN, nice = NaN, system = NaN, , , irq = NaN, softIrq = NaN, steal = NaN] = fields;
  return {
    busySeconds: (user + nice + system + irq + softIrq) / TICKS_PER_SECOND,
    stolenSeconds: steal / TICKS_PER_SECOND,
  };
}

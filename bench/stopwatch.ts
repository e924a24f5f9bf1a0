import { median, rounded } from './figures.ts';

/** What a call took. On a machine with other work the first tells of that work as well, the second does not. */
export interface Took {
  /** By the clock. */
  readonly wallMs: number;
  /** Of the processor, by the thread that made the call: what helper threads collect of its garbage is not counted. */
  readonly cpuMs: number;
}

/** Starts now; the answer stops it. */
export function stopwatch(): () => Took {
  const cpu = process.threadCpuUsage();
  const start = performance.now();
  return () => {
    const wallMs = performance.now() - start;
    const { user, system } = process.threadCpuUsage(cpu);
    return { wallMs, cpuMs: (user + system) / 1000 };
  };
}

/**
 * Both under the name, for a report: `<name>Ms`, the median, and `<name>CpuMs`, the mean, since the kernel counts in steps that may
 * be longer than a call.
 */
export function timesOf<N extends string>(name: N, took: readonly Took[], digits = 2): Times<N> {
  const wallMs = median(took.map((each) => each.wallMs));
  const cpuMs = took.reduce((sum, each) => sum + each.cpuMs, 0) / took.length;
  return { [`${name}Ms`]: rounded(wallMs, digits), [`${name}CpuMs`]: rounded(cpuMs, digits) } as Times<N>;
}

export type Times<N extends string> = Readonly<Record<`${N}Ms` | `${N}CpuMs`, number>>;

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

const POLL_MS = 500;
const MAX_ANCESTORS = 8;
const NPM = /(?:^|[\s/])(?:npm|npx)(?:\s|$)|(?:npm|npx)-cli\.js/;

/** One process as the system describes it; pid and start together name it for good. */
export type ProcessInfo = {
  readonly pid: number;
  readonly parentPid: number;
  readonly startedAt: string;
  readonly command: string;
};

/** Looks a process up; undefined when it has ended, also where nobody has collected it yet. */
export type ProcessLookup = (pid: number) => ProcessInfo | undefined;

/** A watch that can be ended. */
export type ParentWatch = {
  /** The watched processes, from our parent up to npm; empty when npm has not started us. */
  readonly watched: readonly ProcessInfo[];
  stop(): void;
};

/**
 * Calls back within a second after npm, or a shell between npm and us, has died. Such a death reaches us in no other way
 * when it was a SIGKILL. A program that npm has not started watches nobody: it may be meant to outlive its shell.
 */
export function exitWithParent(
  onGone: () => void,
  lookup: ProcessLookup = lookUpProcess,
  pollMs = POLL_MS,
): ParentWatch {
  const watched = ancestorsUpToNpm(process.ppid, lookup);
  if (watched.length === 0) return { watched, stop: () => undefined };
  const timer = setInterval(() => {
    if (watched.every((ancestor) => lookup(ancestor.pid)?.startedAt === ancestor.startedAt)) return;
    clearInterval(timer);
    onGone();
  }, pollMs);
  timer.unref();
  return { watched, stop: () => clearInterval(timer) };
}

/** The chain of processes from a pid up to the nearest npm or npx; empty when there is none. */
export function ancestorsUpToNpm(fromPid: number, lookup: ProcessLookup): readonly ProcessInfo[] {
  const chain: ProcessInfo[] = [];
  let pid = fromPid;
  while (pid > 0 && chain.length < MAX_ANCESTORS) {
    const info = lookup(pid);
    if (info === undefined) return [];
    chain.push(info);
    if (NPM.test(info.command)) return chain;
    pid = info.parentPid;
  }
  return [];
}

/** Describes a live process. */
export function lookUpProcess(pid: number): ProcessInfo | undefined {
  return existsSync('/proc/self/stat') ? fromProc(pid) : fromPs(pid);
}

function fromProc(pid: number): ProcessInfo | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may itself hold spaces and parentheses; the state follows the last one.
    const [state, parent, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (state === 'Z' || state === 'X') return undefined;
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
    // The start time is the 22nd field of the line, which is the 18th after the parent's pid.
    return { pid, parentPid: Number(parent), startedAt: rest[17] ?? '', command };
  } catch {
    return undefined;
  }
}

function fromPs(pid: number): ProcessInfo | undefined {
  try {
    const line = execFileSync('ps', ['-o', 'ppid=,stat=,lstart=,command=', '-p', String(pid)], { encoding: 'utf8' });
    const match = /^\s*(\d+)\s+(\S+)\s+(\S+\s+\S+\s+\S+\s+\S+\s+\S+)\s+(.*)$/m.exec(line);
    if (match === null || (match[2] ?? '').startsWith('Z')) return undefined;
    return { pid, parentPid: Number(match[1]), startedAt: match[3] ?? '', command: match[4] ?? '' };
  } catch {
    return undefined;
  }
}

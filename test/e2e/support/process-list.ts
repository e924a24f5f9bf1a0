import { readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { lookUpProcess } from '../../control-plane/parent-watch.ts';
import type { ProcessInfo } from '../../control-plane/parent-watch.ts';

/** Live processes whose command line holds one of the texts. Linux only. */
export function processesWith(...texts: readonly string[]): readonly ProcessInfo[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => lookUpProcess(Number(name)))
    .filter((info) => info !== undefined)
    .filter(({ command }) => texts.some((text) => command.includes(text)));
}

/** The process started by this one, directly or through others, whose command line matches. */
export function descendantOf(pid: number, command: RegExp): ProcessInfo | undefined {
  return processesWith('').find((info) => command.test(info.command) && isBelow(info, pid));
}

function isBelow(info: ProcessInfo, pid: number): boolean {
  for (let at: ProcessInfo | undefined = info; at !== undefined && at.pid > 1; at = lookUpProcess(at.parentPid)) {
    if (at.parentPid === pid) return true;
  }
  return false;
}

/** True when somebody listens on the port of this machine. */
export function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('error', () => resolve(false));
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });
}

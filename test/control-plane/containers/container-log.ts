import { arrayAt, isJsonObject, memberAt, stringAt } from '../../../src/lib/json.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import { printedLines } from './read-container.ts';

/** What a reader of a log asks for; names and meaning are those of a kubelet. */
export type LogQuery = {
  /** Of the run before the present one. */
  readonly previous: boolean;
  readonly timestamps: boolean;
  /** Milliseconds since the epoch; 0 for all. */
  readonly sinceMs: number;
  /** How many of the last lines; Infinity for all. */
  readonly tailLines: number;
};

/** One line, and when it is printed, milliseconds since the epoch. */
export type LogLine = { readonly atMs: number; readonly text: string };

/** What one run of a container prints, and whether it has ended; undefined where there is no such run. */
export type ContainerLog = { readonly lines: readonly LogLine[]; readonly isOver: boolean };

/** The lines that were asked for, those to come as well. */
export function containerLog(pod: unknown, container: string, query: LogQuery): ContainerLog | undefined {
  const run = runOf(pod, container, query.previous);
  if (run === undefined) return undefined;
  const { startedMs, endedMs } = run;
  const all = printedLines(specOf(pod, container), pod)
    .map(({ atSeconds, text }) => ({ atMs: startedMs + atSeconds * 1_000, text }))
    .filter(({ atMs }) => atMs >= query.sinceMs && atMs <= endedMs + WHOLE_SECOND_MS);
  return { lines: all, isOver: endedMs !== Infinity };
}

/** Of the lines that are there by now, the last ones that were asked for. */
export function linesBy(nowMs: number, { lines }: ContainerLog, { tailLines }: LogQuery): readonly LogLine[] {
  const there = lines.filter(({ atMs }) => atMs <= nowMs);
  return tailLines === Infinity ? there : there.slice(Math.max(0, there.length - tailLines));
}

/** Statuses tell no parts of seconds. */
const WHOLE_SECOND_MS = 1_000;

function specOf(pod: unknown, name: string): unknown {
  const all = [...arrayAt(pod, 'spec', 'containers'), ...arrayAt(pod, 'spec', 'initContainers')];
  return all.find((each) => stringAt(each, ['name']) === name);
}

function runOf(pod: unknown, name: string, previous: boolean): { startedMs: number; endedMs: number } | undefined {
  const all = [...arrayAt(pod, 'status', 'containerStatuses'), ...arrayAt(pod, 'status', 'initContainerStatuses')];
  const status = all.find((each) => stringAt(each, ['name']) === name);
  const state = memberAt(status, previous ? 'lastState' : 'state');
  const [running, terminated] = [objectOf(state, 'running'), objectOf(state, 'terminated')];
  const startedMs = Date.parse(stringAt(running ?? terminated, ['startedAt']));
  if (Number.isNaN(startedMs)) return undefined;
  return { startedMs, endedMs: terminated === undefined ? Infinity : Date.parse(stringAt(terminated, ['finishedAt'])) };
}

function objectOf(state: unknown, key: string): JsonObject | undefined {
  const found = memberAt(state, key);
  return isJsonObject(found) ? found : undefined;
}

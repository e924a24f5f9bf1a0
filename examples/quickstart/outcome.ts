import { arrayAt, member, memberAt, numberAt, stringAt } from '../../src/lib/json.ts';
import type { JsonValue } from '../../src/lib/json.ts';

/** One PodGroup with what became of its pods. */
export interface GroupRow {
  /** Name of the root object, or of the Spark application. */
  readonly workload: string;
  readonly group: string;
  readonly queue: string;
  readonly phase: string;
  readonly minMember: number;
  readonly pods: number;
  readonly bound: number;
  readonly running: number;
  readonly nodes: number;
  /** Why it waits, empty when it does not. */
  readonly why: string;
}

/** Reads the rows out of the PodGroup and Pod lists of a namespace. */
export function readRows(groups: readonly JsonValue[], pods: readonly JsonValue[]): GroupRow[] {
  return groups.map((group) => groupRow(group, pods)).toSorted((a, b) => (a.workload < b.workload ? -1 : 1));
}

function groupRow(group: JsonValue, allPods: readonly JsonValue[]): GroupRow {
  const name = stringAt(group, ['metadata', 'name']);
  const pods = allPods.filter(
    (pod) => stringAt(pod, ['metadata', 'annotations', 'scheduling.k8s.io/group-name']) === name,
  );
  const bound = pods.filter((pod) => stringAt(pod, ['spec', 'nodeName']) !== '');
  const waiting = arrayAt(group, 'status', 'conditions').find(
    (condition) => member(condition, 'type') === 'Unschedulable',
  );
  return {
    workload: stringAt(arrayAt(group, 'metadata', 'ownerReferences')[0], ['name'], name),
    group: name,
    queue: stringAt(group, ['spec', 'queue']),
    phase: stringAt(group, ['status', 'phase'], '-'),
    minMember: numberAt(group, ['spec', 'minMember'], 0),
    pods: pods.length,
    bound: bound.length,
    running: pods.filter((pod) => memberAt(pod, 'status', 'phase') === 'Running').length,
    nodes: new Set(bound.map((pod) => stringAt(pod, ['spec', 'nodeName']))).size,
    why: stringAt(waiting, ['message']),
  };
}

/** What is not as the examples promise it (yet); empty when everything is. */
export function problems(rows: readonly GroupRow[]): string[] {
  const out: string[] = [];
  const expectRunning = (workload: string, pods: number): void => {
    const row = rows.find((candidate) => candidate.workload === workload);
    if (row?.running !== pods || row.phase !== 'Running')
      out.push(`${workload}: ${row?.running ?? 0} of ${pods} pods run`);
  };
  expectRunning('train', 8);
  expectRunning('spark-pi-driver', 3);
  const large = rows.filter((row) => row.workload.startsWith('large-'));
  const running = large.filter((row) => row.running === row.minMember && row.phase === 'Running');
  const waiting = large.filter((row) => row.bound === 0 && row.pods === row.minMember && row.why !== '');
  if (running.length !== 1) out.push(`${running.length} of the two large gangs run, exactly one should`);
  if (waiting.length !== 1) out.push(`${waiting.length} of the two large gangs wait and say why, exactly one should`);
  return out;
}

/** The rows as a table for the terminal, reasons below it. */
export function formatRows(rows: readonly GroupRow[]): string {
  const head = ['WORKLOAD', 'PODGROUP', 'QUEUE', 'PHASE', 'MIN', 'BOUND', 'RUNNING', 'NODES'];
  const cells = rows.map((row) => [
    row.workload,
    row.group,
    row.queue,
    row.phase,
    String(row.minMember),
    `${row.bound}/${row.pods}`,
    String(row.running),
    String(row.nodes),
  ]);
  const widths = head.map((title, i) => Math.max(title.length, ...cells.map((line) => (line[i] ?? '').length)));
  const lines = [head, ...cells].map((line) =>
    line
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const reasons = rows.filter((row) => row.why !== '').map((row) => `${row.workload} waits: ${row.why}`);
  return [...lines, ...(reasons.length > 0 ? ['', ...reasons] : [])].join('\n');
}

import { DEFAULT_POLICY } from '../src/config/policy.ts';
import { Snapshot } from '../src/scheduler/ledger/snapshot.ts';
import { Scheduler } from '../src/scheduler/scheduler.ts';
import type { Decision } from '../src/scheduler/session/decision.ts';
import { makeNode, makePod, makePodGroup, makeQueue, makeShape } from '../test/support/records.ts';
import { median, rounded } from './figures.ts';
import type { Figures } from './figures.ts';

/** Full nodes and a gang that finds no room; beside it, an explanation on a larger cluster with a long queue. */
export interface ExplainSettings {
  readonly nodes: number;
  readonly largeNodes: number;
  readonly waiting: number;
  readonly runs: number;
}

export const CORE_EXPLAIN: ExplainSettings = { nodes: 500, largeNodes: 5000, waiting: 20_000, runs: 15 };

const PODS_A_NODE = 8;
const MEMBERS = 16;
const ONE = makeShape({ cpu: 1000 });
const LATE = 'late';
const ASKED_AGAIN = 9;

export function benchExplain({ nodes, largeNodes, waiting, runs }: ExplainSettings): Figures {
  const small = Array.from({ length: runs }, () => explainedLate(nodes, 0));
  const large = Array.from({ length: Math.max(3, Math.round(runs / 5)) }, () => explainedLate(largeNodes, waiting));
  return {
    refusalMs: rounded(median(small.map(({ cycleMs }) => cycleMs)), 2),
    explanationMs: rounded(median(small.map(({ explainMs }) => explainMs)), 2),
    largeExplanationMs: rounded(median(large.map(({ explainMs }) => explainMs)), 2),
    largeFirstExplanationMs: rounded(Math.max(...large.map(({ firstMs }) => firstMs)), 2),
  };
}

interface Timing {
  readonly cycleMs: number;
  readonly firstMs: number;
  readonly explainMs: number;
}

/** One more gang comes to a full cluster: the cycle that refuses it, and the explanation. */
function explainedLate(nodes: number, waiting: number): Timing {
  const snapshot = fullCluster(nodes);
  for (let g = 0; g < waiting; g += 1) addGang(snapshot, `wait-${g}`, 1, g);
  const scheduler = new Scheduler(snapshot, DEFAULT_POLICY);
  for (let i = 0; i < 3; i += 1) scheduler.cycle({ nowMs: 0 });
  addGang(snapshot, LATE, MEMBERS, waiting);
  const start = performance.now();
  const decisions = scheduler.cycle({ nowMs: 0 });
  const cycled = performance.now();
  const first = explain(scheduler);
  check([...decisions], first.codes);
  const later = Array.from({ length: ASKED_AGAIN }, () => explain(scheduler).tookMs);
  return { cycleMs: cycled - start, firstMs: first.tookMs, explainMs: median(later) };
}

function explain(scheduler: Scheduler): { readonly tookMs: number; readonly codes: readonly string[] } {
  const start = performance.now();
  const explanation = scheduler.explain(`ns/${LATE}`);
  const tookMs = performance.now() - start;
  return { tookMs, codes: explanation?.reasons.map(({ code }) => code) ?? [] };
}

function check(decisions: readonly Decision[], codes: readonly string[]): void {
  const told = decisions.find((decision) => decision.kind === 'refusal' && decision.group === `ns/${LATE}`);
  if (told?.kind === 'refusal' && told.code === codes[0]) return;
  throw new Error(
    `Cannot report: the gang was told ${told?.kind === 'refusal' ? told.code : 'nothing'}, not ${codes[0]}`,
  );
}

function fullCluster(nodes: number): Snapshot {
  const snapshot = new Snapshot();
  snapshot.upsertQueue(makeQueue('default'));
  for (let n = 0; n < nodes; n += 1) {
    const name = `node-${String(n).padStart(5, '0')}`;
    snapshot.upsertNode(makeNode(name, { cpu: PODS_A_NODE * 1000 }));
    const group = `run-${n}`;
    snapshot.upsertJob(makePodGroup(group, PODS_A_NODE, { phase: 'Running' }));
    for (let p = 0; p < PODS_A_NODE; p += 1) {
      snapshot.upsertTask(makePod(`${group}-${p}`, group, ONE, { nodeName: name, phase: 'Running' }));
    }
  }
  return snapshot;
}

function addGang(snapshot: Snapshot, name: string, members: number, createdMs: number): void {
  snapshot.upsertJob(makePodGroup(name, members, { createdMs }));
  for (let p = 0; p < members; p += 1) snapshot.upsertTask(makePod(`${name}-${p}`, name, ONE));
}

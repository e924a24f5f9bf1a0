import { numberArgument } from '../framework/plugin.ts';
import type { PlacementContext, Plugin } from '../framework/plugin.ts';
import type { NodeUsage } from '../../api/records/node-usage.ts';
import type { PluginArguments } from '../../config/policy.ts';
import type { Snapshot } from '../ledger/snapshot.ts';
import { ExpectedLoads } from './expected-loads.ts';

const MAX_SCORE = 100;
const DEFAULT_WEIGHT = 5;
const DEFAULT_THRESHOLD = 80;

/**
 * Prefers nodes that are less busy than others by what was measured and by what is expected of pods that no measurement shows
 * yet, and keeps pods from those that are too busy as measured. Without a measurement of the last minutes it says nothing.
 */
export const usage: Plugin = {
  name: 'usage',
  make: (snapshot, options, { measuredEveryMs = 0 }) => {
    const rules = readRules(options);
    const expected = new ExpectedLoads(snapshot, options, measuredEveryMs);
    let context: PlacementContext | undefined;
    let version = 0;
    return {
      onSessionOpen: (nowMs) => {
        const { usages } = snapshot;
        expected.open(nowMs);
        if (usages.staleMs <= nowMs) context = undefined;
        else if (context === undefined || version !== usages.version) context = asMeasured(snapshot, rules, expected);
        version = usages.version;
      },
      // All alike.
      claimStampFn: () => 0,
      contextFn: () => context,
      nextWakeFn: () => (context === undefined ? undefined : snapshot.usages.staleMs),
    };
  },
};

interface Rules {
  readonly weight: number;
  readonly cpu: number;
  readonly memory: number;
  readonly most: NodeUsage;
}

function readRules(options: PluginArguments): Rules {
  return {
    weight: numberArgument(options, 'usage.weight', DEFAULT_WEIGHT),
    cpu: numberArgument(options, 'cpu.weight', 1),
    memory: numberArgument(options, 'memory.weight', 1),
    most: {
      cpu: numberArgument(options, 'thresholds.cpu', DEFAULT_THRESHOLD),
      memory: numberArgument(options, 'thresholds.mem', DEFAULT_THRESHOLD),
    },
  };
}

/**
 * How all pods see the nodes until the next measurement. A context and not the plugin's own hooks: what is too busy now is
 * so for a while only, and counts where it is asked what the empty cluster could hold.
 */
function asMeasured(
  snapshot: Snapshot,
  { weight, cpu, memory, most }: Rules,
  expected: ExpectedLoads,
): PlacementContext {
  const { nodes, usages } = snapshot;
  const meanOf = (load: NodeUsage): number => (load.cpu * cpu + load.memory * memory) / (cpu + memory) / 100;
  const isKept = (resource: keyof NodeUsage, node: number): boolean =>
    (usages.of(nodes.records[node]?.name ?? '')?.[resource] ?? 0) > most[resource];
  const idleShare = (node: number): number | undefined => {
    const measured = usages.of(nodes.records[node]?.name ?? '');
    return measured === undefined ? undefined : 1 - meanOf(measured);
  };
  return {
    key: `usage ${usages.version}`,
    // By which pods are new on a node, whatever it holds.
    version: () => 0,
    areOnlyScoresShifting: true,
    hooks: {
      scoreNode: (_, node) => {
        if (cpu + memory === 0) return 0;
        const measured = usages.of(nodes.records[node]?.name ?? '') ?? IDLE;
        return -weight * MAX_SCORE * meanOf(expected.of(node, measured, meanOf));
      },
      feasible: (_, out) => {
        for (let n = 0; n < nodes.count; n += 1) if (isKept('cpu', n) || isKept('memory', n)) out.remove(n);
      },
      score: (_, out) => {
        if (cpu + memory > 0) addShares(out, idleShare, weight * MAX_SCORE);
      },
      explain: (_, reasons) => {
        for (const [resource, name] of [
          ['cpu', 'CPU'],
          ['memory', 'memory'],
        ] as const) {
          let kept = 0;
          for (let n = 0; n < nodes.count; n += 1) kept += Number(isKept(resource, n));
          if (kept > 0) reasons.set(`node(s) had more than ${most[resource]}% of their ${name} in use`, kept);
        }
      },
    },
  };
}

const IDLE: NodeUsage = { cpu: 0, memory: 0 };

/** Nodes that were not measured get what the others get on average: neither sought nor shunned. */
function addShares(out: Float64Array, shareOf: (node: number) => number | undefined, most: number): void {
  let sum = 0;
  let measured = 0;
  for (let n = 0; n < out.length; n += 1) {
    const share = shareOf(n);
    sum += share ?? 0;
    measured += Number(share !== undefined);
  }
  const mean = measured === 0 ? 0 : sum / measured;
  for (let n = 0; n < out.length; n += 1) out[n] = (out[n] ?? 0) + (shareOf(n) ?? mean) * most;
}

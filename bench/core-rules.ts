import type { PodRules } from '../src/api/records/pod-rules.ts';
import { Snapshot } from '../src/scheduler/ledger/snapshot.ts';
import { evenSpread, HOST, OWN_LABELS, podRules, podTerm } from '../test/support/pod-rules.ts';
import { makeNode, makePod, makePodGroup, makeQueue, makeShape } from '../test/support/records.ts';
import { median } from './figures.ts';
import type { Figures } from './figures.ts';
import { timePlacingCycle } from './placing-cycle.ts';

/** Groups of one whose pods have rules about each other. */
export interface RulesSettings {
  readonly nodes: number;
  readonly pods: number;
  readonly runs: number;
}

export const CORE_RULES: RulesSettings = { nodes: 5000, pods: 5000, runs: 5 };

const ZONES = 3;
const RACKS = 100;

const RULES: Readonly<Record<string, Partial<PodRules>>> = {
  zoneAffinity: { affinity: [podTerm('zone')] },
  hostAntiAffinity: { antiAffinity: [podTerm(HOST, 'own', { namespaces: [], namespaceSelector: [] })] },
  zoneSpread: { spread: [evenSpread('zone')] },
  rackSpread: { spread: [evenSpread('rack')] },
  hostSpread: { spread: [evenSpread(HOST)] },
};

/** One cycle for each kind of rule over a backlog of pods that all have it, by the name of the rule. */
export function benchRules(settings: RulesSettings): Figures {
  const rates = Object.entries(RULES).map(([name, rules]) => {
    const cycles = Array.from({ length: settings.runs }, () => timeCycle(settings, rules));
    return [`${name}PodsPerSecond`, Math.round((settings.pods * 1000) / median(cycles))] as const;
  });
  return Object.fromEntries(rates);
}

function timeCycle({ nodes, pods }: RulesSettings, rules: Partial<PodRules>): number {
  const snapshot = new Snapshot();
  snapshot.upsertQueue(makeQueue('default'));
  for (let n = 0; n < nodes; n += 1) {
    const name = `node-${String(n).padStart(5, '0')}`;
    const labels = new Map(Object.entries({ [HOST]: name, zone: `z${n % ZONES}`, rack: `r${n % RACKS}` }));
    snapshot.upsertNode(makeNode(name, { cpu: 32_000 }, { labels }));
  }
  const shape = makeShape({ cpu: 1000 }, { rules: podRules(rules) });
  for (let p = 0; p < pods; p += 1) {
    const group = makePodGroup(`g-${String(p).padStart(6, '0')}`, 1, { createdMs: p, minResources: shape.requests });
    snapshot.upsertJob(group);
    snapshot.upsertTask(makePod(`${group.name}-0`, group.name, shape, { labels: OWN_LABELS }));
  }
  return timePlacingCycle(snapshot, pods);
}

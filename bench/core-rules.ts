import type { PodRules, PodWishes } from '../src/api/records/pod-rules.ts';
import type { SchedulingShape } from '../src/api/records/scheduling-shape.ts';
import { Snapshot } from '../src/scheduler/ledger/snapshot.ts';
import { evenSpread, HOST, OWN_LABELS, podRules, podTerm, podWishes, wishTerm } from '../test/support/pod-rules.ts';
import { makeNode, makePod, makePodGroup, makeQueue, makeShape } from '../test/support/records.ts';
import { median } from './figures.ts';
import type { Figures } from './figures.ts';
import { timePlacingCycle } from './placing-cycle.ts';

/** Groups of one whose pods have rules, or wishes, about each other. */
export interface RulesSettings {
  readonly nodes: number;
  readonly pods: number;
  readonly runs: number;
}

export const CORE_RULES: RulesSettings = { nodes: 5000, pods: 5000, runs: 5 };

const ZONES = 3;
const RACKS = 100;

/** What a pod says of others. */
type Company = Pick<SchedulingShape, 'rules' | 'wishes'>;

const COMPANIES: Readonly<Record<string, Company>> = {
  zoneAffinity: ruled({ affinity: [podTerm('zone')] }),
  hostAntiAffinity: ruled({ antiAffinity: [podTerm(HOST, 'own', { namespaces: [], namespaceSelector: [] })] }),
  zoneSpread: ruled({ spread: [evenSpread('zone')] }),
  rackSpread: ruled({ spread: [evenSpread('rack')] }),
  hostSpread: ruled({ spread: [evenSpread(HOST)] }),
  wishedZoneSpread: wishing({ spread: [evenSpread('zone')] }),
  wishedRackSpread: wishing({ spread: [evenSpread('rack')] }),
  wishedHostAntiAffinity: wishing({ terms: [wishTerm(HOST, -100)] }),
  wishedZoneAndHostSpread: wishing({ spread: [evenSpread('zone'), evenSpread(HOST)] }),
};

function ruled(rules: Partial<PodRules>): Company {
  return { rules: podRules(rules), wishes: undefined };
}

function wishing(wishes: Partial<PodWishes>): Company {
  return { rules: undefined, wishes: podWishes(wishes) };
}

/** One cycle for each kind of rule or wish over a backlog of pods that all have it, by its name. */
export function benchRules(settings: RulesSettings): Figures {
  const rates = Object.entries(COMPANIES).map(([name, company]) => {
    const cycles = Array.from({ length: settings.runs }, () => timeCycle(settings, company));
    return [`${name}PodsPerSecond`, Math.round((settings.pods * 1000) / median(cycles))] as const;
  });
  return Object.fromEntries(rates);
}

function timeCycle({ nodes, pods }: RulesSettings, company: Company): number {
  const snapshot = new Snapshot();
  snapshot.upsertQueue(makeQueue('default'));
  for (let n = 0; n < nodes; n += 1) {
    const name = `node-${String(n).padStart(5, '0')}`;
    const labels = new Map(Object.entries({ [HOST]: name, zone: `z${n % ZONES}`, rack: `r${n % RACKS}` }));
    snapshot.upsertNode(makeNode(name, { cpu: 32_000 }, { labels }));
  }
  const shape = makeShape({ cpu: 1000 }, company);
  for (let p = 0; p < pods; p += 1) {
    const group = makePodGroup(`g-${String(p).padStart(6, '0')}`, 1, { createdMs: p, minResources: shape.requests });
    snapshot.upsertJob(group);
    snapshot.upsertTask(makePod(`${group.name}-0`, group.name, shape, { labels: OWN_LABELS }));
  }
  return timePlacingCycle(snapshot, pods).wallMs;
}

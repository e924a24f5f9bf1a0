import type { SeededRandom } from '../random.ts';
import {
  ARCH,
  ARCHS,
  DEVICE,
  DISKS,
  HOSTNAME,
  HUGE,
  list,
  RACK,
  RACKS,
  SIZES,
  sometimes,
  TAINT_EFFECTS,
  TAINT_KEYS,
  TAINT_VALUES,
  ZONE,
  ZONES,
} from './vocabulary.ts';
import type { Labels } from './vocabulary.ts';

/** A Node as it is sent to the API server. */
export interface NodeObject {
  readonly metadata: { readonly name: string; readonly labels: Labels };
  readonly spec: object;
  readonly status: { readonly allocatable: object } & Readonly<Record<string, unknown>>;
}

/** A node that takes about half of the pods, and differs from its neighbours in everything that a filter looks at. */
export function randomNode(random: SeededRandom, name: string): NodeObject {
  const amounts = {
    cpu: random.pick(['1', '2', '3500m', '8', '16']),
    memory: random.pick(['2Gi', '4Gi', '3000000Ki', '9000000001', '16Gi', '32768Mi']),
    'ephemeral-storage': random.pick(['10Gi', '20Gi', '100Gi']),
    pods: String(random.chance(0.1) ? random.between(0, 4) : random.between(6, 20)),
    ...sometimes(random, 0.5, DEVICE, () => String(random.between(0, 4))),
    ...sometimes(random, 0.3, HUGE, () => `${random.between(1, 8) * 64}Mi`),
  };
  return {
    metadata: { name, labels: labels(random, name) },
    spec: {
      ...sometimes(random, 0.05, 'unschedulable', () => true),
      ...sometimes(random, 0.3, 'taints', () => taints(random)),
    },
    status: {
      capacity: amounts,
      allocatable: amounts,
      conditions: [{ type: 'Ready', status: 'True', reason: 'Test', message: '' }],
    },
  };
}

function labels(random: SeededRandom, name: string): Labels {
  return {
    // Mostly the name; some nodes have none, and some that of another node.
    ...sometimes(random, 0.95, HOSTNAME, () => (random.chance(0.05) ? 'n00' : name)),
    [ARCH]: random.pick(ARCHS),
    ...sometimes(random, 0.9, ZONE, () => random.pick(ZONES)),
    ...sometimes(random, 0.85, RACK, () => random.pick(RACKS)),
    ...sometimes(random, 0.7, 'disk', () => random.pick(DISKS)),
    ...sometimes(random, 0.8, 'size', () => random.pick(SIZES)),
  };
}

function taints(random: SeededRandom): object[] {
  const made = list(random, 1, 2, () => ({
    key: random.pick(TAINT_KEYS),
    value: random.pick(TAINT_VALUES),
    effect: random.pick(TAINT_EFFECTS),
  }));
  // The API server refuses two of the same key and effect.
  return [...new Map(made.map((taint) => [`${taint.key}:${taint.effect}`, taint])).values()];
}

import { readPodCards } from '../../src/api/cards/card-annotations.ts';
import { readNodeCards, withCardAmounts } from '../../src/api/cards/node-cards.ts';
import { UNHEALTHY_CARDS_ANNOTATION, VGPU_REGISTER_ANNOTATION } from '../../src/api/keys.ts';
import { DEFAULT_POLICY, plugin } from '../../src/config/policy.ts';
import type { SchedulerPolicy } from '../../src/config/policy.ts';
import type { NodeRecord } from '../../src/api/records/node-record.ts';
import type { PodCards } from '../../src/api/records/card-records.ts';
import type { PodRecord } from '../../src/api/records/pod-record.ts';
import { makeNode, makePod, makeShape } from './records.ts';

/** Amounts under the names of Volcano's resources, without their prefix: `{ 'vgpu-number': 1 }`. */
export type Amounts = Readonly<Record<string, number>>;

const TYPE = 'NVIDIA-NVIDIA A100';

/** A policy with the plugin and these of its arguments, named without their prefix. */
export function cardPolicy(options: Readonly<Record<string, string | number | boolean>>): SchedulerPolicy {
  const given = Object.entries(options).map(([key, value]) => [`deviceshare.${key}`, value]);
  const enforcing = [plugin('gang'), plugin('predicates'), plugin('proportion')];
  return {
    ...DEFAULT_POLICY,
    tiers: [
      [plugin('priority'), ...enforcing, plugin('deviceshare', Object.fromEntries(given) as Record<string, string>)],
    ],
  };
}

/** A node whose vGPU cards are told as its device plugin does: `<node>-0` and so on, with memory, sharers and type of each. */
export function vgpuNode(
  name: string,
  cards: readonly {
    readonly memory: number;
    readonly sharers?: number;
    readonly type?: string;
    readonly isHealthy?: boolean;
  }[],
  mode = 'hami-core',
): NodeRecord {
  const register = cards.map(({ memory, sharers = 10, type = TYPE, isHealthy = true }, i) => {
    return `${name}-${i},${sharers},${memory},${type},${isHealthy},${mode}:`;
  });
  const number = cards.reduce((sum, { sharers = 10 }) => sum + sharers, 0);
  return cardNode(name, { 'volcano.sh/vgpu-number': number }, { [VGPU_REGISTER_ANNOTATION]: register.join('') });
}

/** A node with shared cards of one size; those named are broken. */
export function sharedNode(name: string, count: number, memory: number, unhealthy = ''): NodeRecord {
  const amounts = { 'volcano.sh/gpu-number': count, 'volcano.sh/gpu-memory': count * memory };
  return cardNode(name, amounts, { [UNHEALTHY_CARDS_ANNOTATION]: unhealthy });
}

function cardNode(name: string, amounts: Amounts, annotations: Readonly<Record<string, string>>): NodeRecord {
  const node = makeNode(name, { cpu: 1_000_000, ...amounts });
  const cards = readNodeCards(annotations, node.allocatable);
  return { ...node, allocatable: withCardAmounts(node.allocatable, cards), cards };
}

/** What a pod with these containers says of cards. */
export function podCards(
  containers: readonly Amounts[],
  annotations: Readonly<Record<string, string>> = {},
): PodCards | undefined {
  return readPodCards({ containers: containers.map(container) }, annotations);
}

/** A pod of the group; its requests are those of its containers. */
export function cardPod(
  name: string,
  group: string,
  containers: readonly Amounts[],
  overrides: Partial<PodRecord> = {},
): PodRecord {
  const requests: Record<string, number> = {};
  for (const amounts of containers) {
    for (const [key, amount] of Object.entries(amounts)) {
      requests[`volcano.sh/${key}`] = (requests[`volcano.sh/${key}`] ?? 0) + amount;
    }
  }
  return makePod(name, group, makeShape(requests), { cards: podCards(containers), ...overrides });
}

/** A container with these limits. */
export function container(amounts: Amounts): {
  readonly resources: { readonly limits: Readonly<Record<string, string>> };
} {
  const limits = Object.entries(amounts).map(([key, amount]) => [`volcano.sh/${key}`, String(amount)]);
  return { resources: { limits: Object.fromEntries(limits) as Readonly<Record<string, string>> } };
}

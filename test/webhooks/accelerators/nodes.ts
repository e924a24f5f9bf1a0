import type { JsonObject } from '../../../src/lib/json.ts';
import type { DeviceInventory, NodeKind } from '../../../webhooks/accelerators/inventory.ts';
import { parseWish } from '../../../src/api/accelerators/parse-wish.ts';
import { translate } from '../../../webhooks/accelerators/translate.ts';
import type { Translation } from '../../../webhooks/accelerators/translate.ts';
import type { NodeRequirement } from '../../../webhooks/injection/injection.ts';
import { readTemplateFacts } from '../../../webhooks/template-facts.ts';

type Labels = Readonly<Record<string, string>>;
type Amounts = Readonly<Record<string, number>>;

/** So many nodes that publish this. */
export function kind(resources: Amounts, labels: Labels = {}, nodes = 1): NodeKind {
  return { nodes, resources: new Map(Object.entries(resources)), labels: new Map(Object.entries(labels)) };
}

export function inventory(...kinds: readonly NodeKind[]): DeviceInventory {
  return { kinds, unlisted: 0, classes: new Set(), tiers: new Map(), domainLabels: new Map() };
}

/** A node with GPU feature discovery. */
export function nvidia(product: string, memory: number, more: Labels = {}, count = 8, nodes = 1): NodeKind {
  const labels = { 'nvidia.com/gpu.product': product, 'nvidia.com/gpu.memory': String(memory), ...more };
  return kind({ 'nvidia.com/gpu': count }, labels, nodes);
}

/** A pod with one container, unless told otherwise. */
export function pod(spec: JsonObject = {}, annotations: Labels = {}): JsonObject {
  return { metadata: { annotations }, spec: { containers: [{ name: 'main', image: 'x' }], ...spec } };
}

/** What the text comes to for the pod. */
export function translated(text: string, known: DeviceInventory | undefined, object = pod()): Translation {
  const parsed = parseWish(text);
  if (parsed.kind === 'mistake') throw new Error(`${text}: ${JSON.stringify(parsed.mistake)}`);
  return translate({ wish: parsed.wish, path: 'at' }, readTemplateFacts(object, ''), {
    inventory: known,
    hasRuntimeClass: (name) => name === 'nvidia',
  });
}

/** Amounts by resource that the translation writes. */
export function amountsOf({ injection }: Translation): Record<string, string> {
  return Object.fromEntries(injection.resources.map(({ name, amount }) => [name, amount]));
}

/** Whether the nodes of the kind satisfy what is asked of nodes and have the resources. */
export function takes({ labels, resources }: NodeKind, { injection }: Translation): boolean {
  return (
    injection.nodeRequirements.every((one) => isMet(one, labels)) &&
    injection.resources.every(({ name, amount }) => (resources.get(name) ?? 0) >= Number(amount))
  );
}

function isMet({ key, operator, values }: NodeRequirement, labels: ReadonlyMap<string, string>): boolean {
  const value = labels.get(key);
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
      return Number(value) > Number(values[0]);
    case 'Lt':
      return Number(value) < Number(values[0]);
  }
}

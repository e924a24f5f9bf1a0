import { isJsonObject, member, memberAt } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import { parseQuantity } from '../../lib/quantity.ts';
import { parseAmounts } from '../amounts.ts';
import { NUMA_POLICY_ANNOTATION } from '../keys.ts';
import { objects, text } from '../projections/metadata.ts';
import { isPodLevel, isSidecar } from '../projections/pod-requests.ts';
import { NUMA_POLICIES } from '../records/numa-records.ts';
import type { NumaContainer, NumaPolicy, PodNuma } from '../records/numa-records.ts';

const ONE_CPU = 1000;

/**
 * What a kubelet gives the pod for itself. Undefined for most: a kubelet aligns only pods whose containers all have limits of
 * CPU and memory and ask for no less (`ownedBy`), and without a policy only those with whole CPUs count.
 */
export function readPodNuma(
  containers: readonly NumaContainer[] | undefined,
  annotations: JsonObject,
): PodNuma | undefined {
  if (containers === undefined) return undefined;
  const policy = numaPolicyOf(annotations);
  if (policy === 'none' && !containers.some(({ amounts }) => amounts.has('cpu'))) return undefined;
  const key = `${policy} ${JSON.stringify(containers.map(({ isStep, amounts }) => [isStep, ...amounts]))}`;
  return { key, policy, containers };
}

/** What its annotation says; anything else is none. */
export function numaPolicyOf(annotations: JsonObject): NumaPolicy {
  const wanted = text(annotations, NUMA_POLICY_ANNOTATION);
  return NUMA_POLICIES.find((policy) => policy === wanted) ?? 'none';
}

/** What each container has for itself, start-up steps first; undefined when the pod is not Guaranteed, container by container. */
export function ownedBy(spec: JsonObject): readonly NumaContainer[] | undefined {
  // A kubelet aligns no pod whose amounts are those of the pod as a whole.
  if (member(spec, 'resources') !== undefined) return undefined;
  const owned: NumaContainer[] = [];
  for (const step of objects(spec, 'initContainers')) {
    const amounts = guaranteed(step);
    if (amounts === undefined) return undefined;
    owned.push({ isStep: !isSidecar(step), amounts });
  }
  for (const container of objects(spec, 'containers')) {
    const amounts = guaranteed(container);
    if (amounts === undefined) return undefined;
    owned.push({ isStep: false, amounts });
  }
  return owned;
}

function guaranteed(container: JsonObject): NumaContainer['amounts'] | undefined {
  const limits = memberAt(container, 'resources', 'limits');
  if (!isJsonObject(limits) || !isMet(container, 'cpu') || !isMet(container, 'memory')) return undefined;
  const amounts = [...parseAmounts(limits, 'up').amounts].filter(([name, amount]) => {
    return amount > 0 && isPodLevel(name) && (name !== 'cpu' || amount % ONE_CPU === 0);
  });
  return new Map(amounts.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** There is a limit, and the request, which a limit stands in for, is no less. */
function isMet(container: JsonObject, name: string): boolean {
  const limit = memberAt(container, 'resources', 'limits', name);
  if (limit === undefined) return false;
  const request = memberAt(container, 'resources', 'requests', name) ?? limit;
  return request === limit || parseQuantity(request) === parseQuantity(limit);
}

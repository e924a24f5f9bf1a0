import { isJsonObject, member } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import { boundedAmounts, parseAmounts } from '../amounts.ts';
import { objects } from './metadata.ts';

/**
 * What a pod spec asks of a node, by Kubernetes' rule: the larger of what runs in the end (containers and sidecars) and
 * what any start-up step needs with the sidecars that were started before it, then pod-level requests in place of that,
 * then the overhead. A limit without a request counts as the request, as the API server defaults it. Zero amounts are
 * left out. A pod that names more than 64 resources asks for one that no node has.
 */
export function podRequests(spec: unknown): Map<string, number> {
  const running = new Map<string, number>();
  for (const container of objects(spec, 'containers')) add(running, containerRequests(container));
  const peak = new Map<string, number>();
  const sidecars = new Map<string, number>();
  for (const step of objects(spec, 'initContainers')) {
    const requests = containerRequests(step);
    if (isSidecar(step)) {
      add(running, requests);
      add(sidecars, requests);
      raise(peak, sidecars);
    } else {
      add(requests, sidecars);
      raise(peak, requests);
    }
  }
  raise(running, peak);
  for (const [name, amount] of amountsOf(member(member(spec, 'resources'), 'requests'))) {
    if (isPodLevel(name)) running.set(name, amount);
  }
  add(running, amountsOf(member(spec, 'overhead')));
  for (const [name, amount] of running) if (amount === 0) running.delete(name);
  return boundedAmounts(running);
}

/** Of each resource the most that one of the specs asks for. */
export function largestRequests(specs: readonly unknown[]): Map<string, number> {
  const largest = new Map<string, number>();
  for (const spec of specs) raise(largest, podRequests(spec));
  return boundedAmounts(largest);
}

/** True for an init container that keeps running beside the containers. */
export function isSidecar(initContainer: JsonObject): boolean {
  return member(initContainer, 'restartPolicy') === 'Always';
}

/** A limit without a request counts as the request. */
export function containerRequests(container: JsonObject): Map<string, number> {
  const resources = member(container, 'resources');
  if (!isJsonObject(resources)) return new Map();
  const limits = member(resources, 'limits');
  const requests = amountsOf(member(resources, 'requests'));
  if (!isJsonObject(limits)) return requests;
  const missing = amountsOf(limits);
  for (const [name, amount] of missing) if (!requests.has(name)) requests.set(name, amount);
  return requests;
}

/** Unreadable entries are left out: the API server has refused them before any scheduler sees the pod. */
function amountsOf(raw: unknown): Map<string, number> {
  return new Map(parseAmounts(raw, 'up').amounts);
}

/** The resources that may be given for a pod as a whole. */
export function isPodLevel(name: string): boolean {
  return name === 'cpu' || name === 'memory' || name.startsWith('hugepages-');
}

function add(total: Map<string, number>, more: ReadonlyMap<string, number>): void {
  for (const [name, amount] of more)
    total.set(name, Math.min((total.get(name) ?? 0) + amount, Number.MAX_SAFE_INTEGER));
}

function raise(total: Map<string, number>, least: ReadonlyMap<string, number>): void {
  for (const [name, amount] of least) total.set(name, Math.max(total.get(name) ?? 0, amount));
}

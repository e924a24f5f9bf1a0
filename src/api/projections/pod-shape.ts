import { member, objectAt } from '../../lib/json.ts';
import type { JsonObject, JsonValue } from '../../lib/json.ts';
import type { PodRules, PodWishes } from '../records/pod-rules.ts';
import type { HostPort, SchedulingShape, Toleration } from '../records/scheduling-shape.ts';
import { objects, text, textMap, whole } from './metadata.ts';
import { preferredTerms, requiredTerms } from './node-affinity.ts';
import { unsupportedNeeds } from './pod-needs.ts';
import { isSidecar, largestRequests } from './pod-requests.ts';

/** What of a shape hangs on more than the spec: on the pod's labels, annotations and namespace too. */
export interface ShapeParts {
  readonly rules: PodRules | undefined;
  readonly wishes: PodWishes | undefined;
  readonly isRevocable: boolean;
}

/**
 * The scheduling shape of a pod spec, read from scratch; its requests are the largest of the counted specs. Equal shapes
 * have equal keys, whatever the order.
 */
export function readShape(
  spec: JsonObject,
  counted: readonly JsonObject[],
  { rules, wishes, isRevocable }: ShapeParts,
): SchedulingShape {
  const nodeAffinity = objectAt(spec, 'affinity', 'nodeAffinity');
  const fields = {
    requests: sorted(largestRequests(counted).set('pods', 1)),
    nodeSelector: sorted(textMap(member(spec, 'nodeSelector'))),
    requiredTerms: requiredTerms(nodeAffinity),
    preferredTerms: preferredTerms(nodeAffinity),
    tolerations: distinct(objects(spec, 'tolerations').flatMap(toleration)),
    hostPorts: distinct(
      [...objects(spec, 'containers'), ...objects(spec, 'initContainers').filter(isSidecar)].flatMap(hostPorts),
    ),
    rules,
    wishes,
    isRevocable,
    needs: unsupportedNeeds(spec),
  };
  return { key: shapeKey(fields), ...fields };
}

/**
 * Text that is equal for counted specs whose shapes are certainly equal; far cheaper than the shape itself.
 * Undefined when the spec is nested beyond reason, which no API server sends.
 */
export function specsText(
  counted: readonly JsonObject[],
  { rules, wishes, isRevocable }: ShapeParts,
): string | undefined {
  try {
    return JSON.stringify([counted.map(specParts), rules, wishes, isRevocable]);
  } catch {
    return undefined;
  }
}

function specParts(spec: JsonObject): readonly unknown[] {
  return [
    member(spec, 'nodeSelector'),
    member(spec, 'tolerations'),
    member(member(spec, 'affinity'), 'nodeAffinity'),
    member(spec, 'overhead'),
    member(member(spec, 'resources'), 'requests'),
    objects(spec, 'containers').map(containerPart),
    objects(spec, 'initContainers').map(containerPart),
    unsupportedNeeds(spec),
  ];
}

function containerPart(container: JsonObject): readonly (JsonValue | undefined)[] {
  const ports = objects(container, 'ports').some(hasHostPort) ? member(container, 'ports') : undefined;
  return [member(container, 'resources'), ports, member(container, 'restartPolicy')];
}

function shapeKey(fields: Omit<SchedulingShape, 'key'>): string {
  return JSON.stringify([
    [...fields.requests],
    [...fields.nodeSelector],
    fields.requiredTerms ?? null,
    fields.preferredTerms,
    fields.tolerations,
    fields.hostPorts,
    fields.rules ?? null,
    fields.wishes ?? null,
    fields.isRevocable,
    fields.needs,
  ]);
}

/** A toleration with an operator that is not known tolerates nothing. */
function toleration(raw: JsonObject): readonly Toleration[] {
  const operator = text(raw, 'operator') === '' ? 'Equal' : text(raw, 'operator');
  if (operator !== 'Equal' && operator !== 'Exists') return [];
  return [
    {
      key: text(raw, 'key'),
      operator,
      value: operator === 'Exists' ? '' : text(raw, 'value'),
      effect: text(raw, 'effect'),
    },
  ];
}

function hostPorts(container: JsonObject): readonly HostPort[] {
  return objects(container, 'ports')
    .filter(hasHostPort)
    .map((raw) => ({
      protocol: text(raw, 'protocol') || 'TCP',
      port: whole(raw, 'hostPort', 0),
      ip: text(raw, 'hostIP') || '0.0.0.0',
    }));
}

function hasHostPort(raw: JsonObject): boolean {
  return whole(raw, 'hostPort', 0) > 0;
}

function sorted<V>(map: ReadonlyMap<string, V>): ReadonlyMap<string, V> {
  return new Map([...map].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** Sorted by text and without repeats; the order of tolerations and ports means nothing. */
function distinct<T>(items: readonly T[]): readonly T[] {
  if (items.length === 0) return [];
  const byText = new Map(items.map((item) => [JSON.stringify(item), item]));
  return [...byText].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item);
}

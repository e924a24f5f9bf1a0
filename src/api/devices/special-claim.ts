import type { DeviceAsk, DeviceRequestRecord } from '../records/device-records.ts';
import type { ExtendedAsk } from '../records/extended-ask.ts';

/** Kubernetes' mark of a claim that a scheduler made for a pod which asks for resources that classes serve. */
export const SPECIAL_CLAIM_ANNOTATION = 'resource.kubernetes.io/extended-resource-claim';

/** Which request of its pod's special claim a container's resource comes from, as the pod's status tells. */
export interface RequestMapping {
  readonly container: string;
  readonly resource: string;
  readonly request: string;
}

/** A request of a special claim: for one resource, which a node that publishes it gives without a claim. */
export interface SpecialRequest extends DeviceRequestRecord {
  readonly resource: string;
}

export interface SpecialRequests {
  /** By name. */
  readonly requests: readonly SpecialRequest[];
  readonly mappings: readonly RequestMapping[];
}

/** No object is called so: a pod has one such claim at most, which is known by its pod whatever its name is, and before it is made. */
export function specialClaimKey(namespace: string, podUid: string): string {
  return `${namespace}/${MARK}${podUid}`;
}

export function isSpecialClaim(key: string): boolean {
  return key.includes(`/${MARK}`);
}

const MARK = '<extended-resources>/';

/**
 * What kube-scheduler asks for in a pod's special claim: a request for each container and resource that a class serves. Containers of its start use
 * what later ones have; the one of them that lacks most asks for the rest, and the others use that.
 */
export function specialRequests(
  asks: readonly ExtendedAsk[],
  classOf: (resource: string) => string | undefined,
): SpecialRequests {
  const requests: SpecialRequest[] = [];
  const mappings: RequestMapping[] = [];
  for (const resource of new Set(asks.map((ask) => ask.resource).toSorted())) {
    const className = classOf(resource);
    if (className === undefined) continue;
    const own = asks.filter((ask) => ask.resource === resource);
    const lasting = own.filter(({ isShort }) => !isShort);
    for (const ask of lasting) {
      requests.push(requestOf(ask, ask.count, className));
      mappings.push(mappingOf(ask, ask));
    }
    addStarters(own, lasting, className, { requests, mappings });
  }
  return { requests: requests.toSorted((a, b) => (a.name < b.name ? -1 : 1)), mappings };
}

function addStarters(
  own: readonly ExtendedAsk[],
  lasting: readonly ExtendedAsk[],
  className: string,
  into: { readonly requests: SpecialRequest[]; readonly mappings: RequestMapping[] },
): void {
  const starters = own.filter(({ isShort }) => isShort);
  const lacks = starters.map((starter) => {
    const later = lasting.filter(({ position }) => position > starter.position);
    return { starter, later, lack: starter.count - later.reduce((sum, { count }) => sum + count, 0) };
  });
  let most: (typeof lacks)[number] | undefined;
  for (const one of lacks) if (one.lack > (most?.lack ?? 0)) most = one;
  if (most !== undefined) into.requests.push(requestOf(most.starter, most.lack, className));
  for (const { starter, later, lack } of lacks) {
    into.mappings.push(...usedOf(starter, later, lack));
    if (lack > 0 && most !== undefined) into.mappings.push(mappingOf(starter, most.starter));
  }
}

/** Later containers that it needs, first one first. */
function usedOf(starter: ExtendedAsk, later: readonly ExtendedAsk[], lack: number): readonly RequestMapping[] {
  const used: RequestMapping[] = [];
  let sum = 0;
  for (const ask of later) {
    if (lack <= 0 && sum >= starter.count) break;
    sum += ask.count;
    used.push(mappingOf(starter, ask));
  }
  return used;
}

function mappingOf({ container, resource }: ExtendedAsk, source: ExtendedAsk): RequestMapping {
  return { container, resource, request: requestName(source) };
}

function requestOf(ask: ExtendedAsk, count: number, className: string): SpecialRequest {
  const { resource } = ask;
  return { name: requestName(ask), asks: [exactly(count, className)], resource };
}

function requestName({ position, at }: ExtendedAsk): string {
  return `container-${String(position)}-request-${String(at)}`;
}

function exactly(count: number, className: string): DeviceAsk {
  return {
    name: '',
    className,
    selectors: [],
    mode: 'ExactCount',
    count,
    adminAccess: false,
    tolerations: [],
    capacity: new Map(),
  };
}

import type { AllocatedDevice, DeviceAllocation, DeviceClaimRecord } from '../../api/records/device-records.ts';
import type { NodeRequirement, NodeTerm } from '../../api/records/scheduling-shape.ts';
import { allocatedConfig } from './allocated-config.ts';
import { AllocationSearch, fullName } from './allocation-search.ts';
import type { DeviceWorld, DevicePick } from './allocation-search.ts';

/** What one node has for the claims of a pod. */
export type Verdict =
  /** One allocation for each claim, made when somebody asks for them. */
  | { readonly kind: 'chosen'; readonly allocations: () => readonly DeviceAllocation[] }
  | { readonly kind: 'none' }
  /** The claims, or what they name, are mistaken, which is told. */
  | { readonly kind: 'failed'; readonly message: string }
  /** There were too many ways to share the devices out. */
  | { readonly kind: 'unknown' };

const NONE: Verdict = { kind: 'none' };
const UNKNOWN: Verdict = { kind: 'unknown' };

/** Devices of the node for claims that have none yet, all together. */
export function allocate(claims: readonly DeviceClaimRecord[], node: string, world: DeviceWorld): Verdict {
  const search = new AllocationSearch(claims, world);
  if (!search.run()) {
    if (search.failure !== undefined) return { kind: 'failed', message: search.failure };
    return search.hasGivenUp ? UNKNOWN : NONE;
  }
  return {
    kind: 'chosen',
    allocations: () => claims.map((claim, at) => allocationOf(claim, search.picks[at] ?? [], node, world)),
  };
}

function allocationOf(
  claim: DeviceClaimRecord,
  picks: readonly DevicePick[],
  node: string,
  world: DeviceWorld,
): DeviceAllocation {
  return {
    devices: picks.map(deviceOf),
    config: allocatedConfig(claim, picks, (name) => world.classOf(name)),
    nodeTerms: nodeTermsOf(picks, node),
  };
}

function deviceOf({ request, ask, candidate: { device }, consumed }: DevicePick): AllocatedDevice {
  return {
    request: fullName(request, ask),
    driver: device.driver,
    pool: device.pool,
    device: device.name,
    adminAccess: ask.adminAccess,
    tolerations: ask.tolerations,
    bindingConditions: device.bindingConditions,
    bindingFailureConditions: device.bindingFailureConditions,
    share: device.allowsMultiple ? '' : undefined,
    consumed: device.allowsMultiple ? consumed : NOTHING,
  };
}

const NOTHING: AllocatedDevice['consumed'] = new Map();

/** One term with all that the devices ask of the node, or its name when one of them is nowhere else. */
function nodeTermsOf(picks: readonly DevicePick[], node: string): readonly NodeTerm[] | undefined {
  const labels = new Map<string, NodeRequirement>();
  const fields = new Map<string, NodeRequirement>();
  for (const { candidate } of picks) {
    const { reach, device } = candidate;
    if (reach.kind === 'node' || device.bindsToNode) {
      return [{ labels: [], fields: [{ key: 'metadata.name', operator: 'In', values: [node] }] }];
    }
    if (reach.kind === 'all') continue;
    // The API takes one term at most.
    for (const one of reach.terms[0]?.labels ?? []) labels.set(JSON.stringify(one), one);
    for (const one of reach.terms[0]?.fields ?? []) fields.set(JSON.stringify(one), one);
  }
  if (labels.size + fields.size === 0) return undefined;
  return [{ labels: [...labels.values()], fields: [...fields.values()] }];
}

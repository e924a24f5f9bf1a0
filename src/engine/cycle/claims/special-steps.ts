import { specialClaimKey, specialRequests } from '../../../api/devices/special-claim.ts';
import type { ExtendedResources } from '../../../api/devices/extended-resources.ts';
import type { DeviceAllocation, DeviceClaimRecord } from '../../../api/records/device-records.ts';
import type { PodRecord } from '../../../api/records/pod-record.ts';
import type { WriteRequest } from '../../ports.ts';
import { createSpecialClaim, deleteSpecialClaim, tellSpecialClaim } from './device-claim-writes.ts';

export interface SpecialClaimView {
  readonly deviceClaim: (key: string) => DeviceClaimRecord | undefined;
  /** Which classes serve which resources now. */
  readonly served: () => ExtendedResources;
}

/** What is written for a pod that asks for what classes serve beside what is written for every claim: its claim itself, and the word on the pod. */
export class SpecialSteps {
  readonly claim: string;
  readonly #pod: PodRecord;
  readonly #allocation: DeviceAllocation | undefined;
  readonly #view: SpecialClaimView;

  /** `allocation`: what was chosen; undefined where the claim has devices already. */
  constructor(pod: PodRecord, allocation: DeviceAllocation | undefined, view: SpecialClaimView) {
    this.claim = specialClaimKey(pod.namespace, pod.uid);
    this.#pod = pod;
    this.#allocation = allocation;
    this.#view = view;
  }

  /** Nobody has made it yet, or somebody for other nodes, which publish more or less of what the pod asks for. */
  making(claim: DeviceClaimRecord | undefined): WriteRequest | undefined {
    const names = new Set(this.#allocation?.devices.map(({ request }) => request));
    const requests = this.#asked().requests.filter(({ name }) => names.has(name));
    if (claim === undefined) return createSpecialClaim(this.#pod, requests);
    if (claim.allocation !== undefined) return undefined;
    const isSame =
      requests.length === claim.requests.length && requests.every((one, at) => saysTheSame(one, claim.requests[at]));
    return isSame ? undefined : deleteSpecialClaim(claim);
  }

  /** Which containers have the devices of which requests. */
  telling({ name, requests }: DeviceClaimRecord): WriteRequest {
    const names = new Set(requests.map((request) => request.name));
    const mappings = this.#asked().mappings.filter(({ request }) => names.has(request));
    return tellSpecialClaim(this.#pod, name, mappings);
  }

  removing(claim: DeviceClaimRecord | undefined): WriteRequest | undefined {
    return claim === undefined || claim.deleting ? undefined : deleteSpecialClaim(claim);
  }

  #asked(): ReturnType<typeof specialRequests> {
    const served = this.#view.served();
    return specialRequests(this.#pod.extendedAsks, (resource) => served.get(resource));
  }
}

function saysTheSame(
  { name, asks: [ask] }: DeviceClaimRecord['requests'][number],
  other: DeviceClaimRecord['requests'][number] | undefined,
): boolean {
  const [there] = other?.asks ?? [];
  return name === other?.name && ask?.className === there?.className && ask?.count === there?.count;
}

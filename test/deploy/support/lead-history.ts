import { OPERATIONS_ANNOTATION } from '../../../src/api/keys.ts';
import { member, stringAt } from '../../../src/lib/json.ts';
import type { ControlPlane } from '../../control-plane/launch.ts';
import type { ActedFleet } from './acted-fleet.ts';

const LEASES =
  '/apis/coordination.k8s.io/v1/namespaces/sluice-system/leases?watch=true&fieldSelector=metadata.name%3Dsluice';

/** At the end of an address, or of the path through the API server. */
const PORT = /(?::|%3A)(\d+)(?:\/proxy)?$/;

/** Who held the Lease, one after the other, by the names of pods. */
export class LeadHistory {
  #leaders: string[] = [];

  /** Follows it for as long as the control plane is there. */
  constructor(plane: ControlPlane, fleet: ActedFleet) {
    this.#follow(plane, fleet).catch(() => undefined);
  }

  /** The leaders since the last call: first who led then, as long as somebody did. */
  taken(): readonly string[] {
    const found = this.#leaders;
    this.#leaders = found.slice(-1);
    return found;
  }

  async #follow(plane: ControlPlane, fleet: ActedFleet): Promise<void> {
    for await (const line of plane.client.lines(LEASES)) {
      const lease = member(JSON.parse(line) as unknown, 'object');
      if (stringAt(lease, ['spec', 'holderIdentity']) === '') continue;
      const address = stringAt(lease, ['metadata', 'annotations', OPERATIONS_ANNOTATION]);
      const name = fleet.podAt(Number(PORT.exec(address)?.[1]));
      if (name !== undefined && name !== this.#leaders.at(-1)) this.#leaders.push(name);
    }
  }
}

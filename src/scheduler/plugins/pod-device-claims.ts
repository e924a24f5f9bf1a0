import type { DeviceAllocation, PodDeviceClaim } from '../../api/records/device-records.ts';
import type { NodeTerm } from '../../api/records/scheduling-shape.ts';
import type { PluginArguments } from '../../config/policy.ts';
import { RecentMap } from '../../lib/recent-map.ts';
import { ClaimContext } from '../claims/claim-context.ts';
import type { ClaimSight } from '../claims/claim-context.ts';
import { claimText } from '../claims/claim-text.ts';
import { switchArgument } from '../framework/plugin.ts';
import type { PluginHooks } from '../framework/plugin.ts';
import type { Refusal } from '../model/refusal.ts';
import type { Snapshot } from '../ledger/snapshot.ts';
import type { Task } from '../model/task.ts';

const SWITCH = 'predicate.DynamicResourceAllocationEnable';

/** Pods whose claims ask for the same see the nodes in the same way: a gang with a claim for each pod is one of them. */
export function podDeviceClaimHooks(snapshot: Snapshot, options: PluginArguments): PluginHooks {
  snapshot.claims.isOn = switchArgument(options, SWITCH, true);
  const contexts = new ClaimContexts(snapshot);
  return {
    deviceClaimFn: (task) => (snapshot.claims.isUsed ? contexts.of(task) : undefined),
    avoidFn: (task, placed) => contexts.avoid(task, placed),
    avoidNoneFn: () => contexts.avoidNone(),
  };
}

/** More than pods that wait have of different claims. */
const KEPT = 2000;

const SWITCHED_OFF: Refusal = {
  code: 'NeedsNotSupported',
  message: `pods with resource claims are placed nowhere: ${SWITCH} is off.`,
};

class ClaimContexts {
  readonly #snapshot: Snapshot;
  readonly #byKey = new RecentMap<ClaimContext>(KEPT);
  readonly #byClaims = new WeakMap<
    readonly PodDeviceClaim[],
    { readonly stamp: number; readonly context: ClaimContext }
  >();
  /** By claim: where it was tried in vain to place all that share it. */
  readonly #avoided = new Map<string, (readonly NodeTerm[])[]>();

  constructor(snapshot: Snapshot) {
    this.#snapshot = snapshot;
  }

  of({ record, uid }: Task): ClaimContext | undefined {
    const { claims } = this.#snapshot;
    const deviceClaims = claims.claimsOf(record);
    if (deviceClaims.length === 0) return undefined;
    if (!claims.isOn && record.deviceClaims.length === 0) return undefined;
    if (!claims.isOn) return this.#contextOf(refused(SWITCHED_OFF));
    const full = deviceClaims.find(({ key }) => !claims.mayUse(key, uid));
    if (full !== undefined) {
      const message = `ResourceClaim ${full.key} is used by as many pods as it can be.`;
      return this.#contextOf(refused({ code: 'DeviceClaimNotReady', message }));
    }
    const known = this.#byClaims.get(deviceClaims);
    if (known?.stamp === claims.stamp && this.#avoided.size === 0) return known.context;
    const context = this.#contextOf(this.#read(deviceClaims));
    if (this.#avoided.size === 0) this.#byClaims.set(deviceClaims, { stamp: claims.stamp, context });
    return context;
  }

  /**
   * The task was the first of its gang to be placed with a claim that others share, and the gang found no room around its devices:
   * next time they are chosen elsewhere. How often is up to the action.
   */
  avoid(task: Task, placed: readonly Task[]): boolean {
    const { claims } = this.#snapshot;
    if (!claims.isUsed) return false;
    const choice = claims.choicesOf(task).find(({ claim, allocation }) => {
      return allocation.nodeTerms !== undefined && this.#isChosenBy(task, claim, placed, allocation);
    });
    const terms = choice?.allocation.nodeTerms;
    if (choice === undefined || terms === undefined) return false;
    const known = this.#avoided.get(choice.claim);
    if (known === undefined) this.#avoided.set(choice.claim, [terms]);
    else known.push(terms);
    return true;
  }

  avoidNone(): void {
    this.#avoided.clear();
  }

  /** And by nobody else but tasks that give it back now. */
  #isChosenBy(task: Task, claim: string, placed: readonly Task[], allocation: DeviceAllocation): boolean {
    const { claims } = this.#snapshot;
    const isOwn = task.record.deviceClaims.some(({ key, podUid }) => key === claim && podUid !== '');
    if (isOwn) return false;
    const users = placed.filter((one) => claims.choicesOf(one).some((choice) => choice.allocation === allocation));
    return users[0] === task && users.length === claims.promisedTo(claim);
  }

  #contextOf(sight: ClaimSight): ClaimContext {
    return this.#byKey.get(sight.key) ?? this.#byKey.set(sight.key, new ClaimContext(sight, this.#snapshot));
  }

  #read(asked: readonly PodDeviceClaim[]): ClaimSight {
    const { claims } = this.#snapshot;
    const states = asked.map((claim) => claims.stateOf(claim));
    for (const state of states) if (state.kind === 'blocked') return refused(state.refusal);
    const terms = states.flatMap((state) => (state.kind === 'settled' ? [state.allocation.nodeTerms] : []));
    const confined = terms.filter((one) => one !== undefined);
    const open = states.flatMap((state) => (state.kind === 'open' ? [state.claim] : []));
    const avoided = open.flatMap(({ key }) => this.#avoided.get(key) ?? []);
    const settled = states.flatMap((state) => (state.kind === 'settled' ? [state.claim.key] : []));
    const key = `claims ${open.map(claimText).join()} beside ${settled.join()} at ${JSON.stringify(confined)} not ${JSON.stringify(avoided)}`;
    return { key, refusal: undefined, terms: confined, avoided, settled, open };
  }
}

function refused(refusal: Refusal): ClaimSight {
  return { key: `claims ${refusal.message}`, refusal, terms: [], avoided: [], settled: [], open: [] };
}

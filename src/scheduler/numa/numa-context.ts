import type { NumatopologyRecord, PodNuma } from '../../api/records/numa-records.ts';
import { resourceUnit } from '../../api/amounts.ts';
import { formatUnits } from '../../lib/quantity.ts';
import type { PlacementContext, PluginHooks } from '../framework/plugin.ts';
import type { Refusal } from '../model/refusal.ts';
import type { Task } from '../model/task.ts';
import type { Snapshot } from '../ledger/snapshot.ts';
import type { Shortage } from './admission.ts';

/** Their kubelets would give the pod what others were promised. */
export const KEPT = 'node(s) kept a NUMA node for others';

/** A node whose pod stands in one zone alone. */
const BEST_SCORE = 100;

/**
 * Where pods with this policy and these containers may stand. What the zones of a node have free changes with its tasks and
 * its Numatopology alone, so that each change asks about one node.
 */
export class NumaContext implements PlacementContext {
  readonly key: string;
  readonly hooks: PluginHooks;
  readonly #pod: PodNuma;
  readonly #snapshot: Snapshot;
  #version = -1;
  #refusal: Refusal | undefined;

  constructor(pod: PodNuma, snapshot: Snapshot, weight: number) {
    this.key = `numa ${pod.key}`;
    this.#pod = pod;
    this.#snapshot = snapshot;
    this.hooks = {
      feasibleNode: (_, node) => this.allows(node),
      explain: (_, reasons) => this.#explain(reasons),
      ...(weight === 0 ? {} : { scoreNode: (_, node) => weight * this.#scoreOf(node) }),
    };
  }

  readonly followsNodes = true;

  /** Nodes that did not change have what they had; but those with equal amounts may have other zones. */
  readonly version = (): number => 0;

  readonly allows = (node: number): boolean => {
    const { numa } = this.#snapshot;
    if (this.#unfitness(numa.topologyOf(node)) !== undefined) return false;
    return numa.admission(this.#pod, node)?.kind === 'admitted';
  };

  readonly allowsWithout = (node: number, gone?: ReadonlySet<Task>): boolean => {
    const { numa } = this.#snapshot;
    if (this.#unfitness(numa.topologyOf(node)) !== undefined) return false;
    if (gone !== undefined) return numa.admitsWithout(this.#pod, node, gone);
    return numa.admissionWhenEmpty(this.#pod, node)?.kind === 'admitted';
  };

  /** No node could take the pod, whatever is free. */
  readonly refusal = (): Refusal | undefined => {
    const { numa, nodes } = this.#snapshot;
    if (this.#version === numa.version) return this.#refusal;
    this.#version = numa.version;
    const message = nodes.count === 0 ? undefined : this.#hopelessness();
    this.#refusal = message === undefined ? undefined : { code: 'NeverFits', message };
    return this.#refusal;
  };

  #scoreOf(node: number): number {
    const admitted = this.#snapshot.numa.admission(this.#pod, node);
    const zones = admitted?.kind === 'admitted' ? admitted.shares.length : 1;
    return BEST_SCORE / Math.max(1, zones);
  }

  /** Why the node is not for such pods, whatever it holds. */
  #unfitness(topology: NumatopologyRecord | undefined): string | undefined {
    if (topology === undefined || topology.zones.length === 0) return 'node(s) did not tell their NUMA nodes';
    const { policy, containers } = this.#pod;
    if (topology.policy !== policy) {
      return `node(s) had topology policy ${topology.policy}, and the pod asks for ${policy}`;
    }
    const asksForCpus = containers.some(({ amounts }) => amounts.has('cpu'));
    return asksForCpus && !topology.amounts.has('cpu') ? 'node(s) had no static CPU manager' : undefined;
  }

  #explain(reasons: Map<string, number>): void {
    const { nodes, numa } = this.#snapshot;
    const short: Shortage[] = [];
    let kept = 0;
    for (let node = 0; node < nodes.count; node += 1) {
      const unfit = this.#unfitness(numa.topologyOf(node));
      if (unfit !== undefined) {
        reasons.set(unfit, (reasons.get(unfit) ?? 0) + 1);
        continue;
      }
      const answer = numa.admission(this.#pod, node);
      if (answer?.kind !== 'refused') continue;
      if (answer.shortage === undefined) kept += 1;
      else short.push(answer.shortage);
    }
    if (kept > 0) reasons.set(KEPT, kept);
    for (const [asked, all] of Map.groupBy(short, askedText)) {
      reasons.set(`node(s) had ${asked}${mostText('free', all)}`, all.length);
    }
  }

  #hopelessness(): string | undefined {
    const { nodes, numa } = this.#snapshot;
    const unfit = new Map<string, number>();
    const short: Shortage[] = [];
    for (let node = 0; node < nodes.count; node += 1) {
      const reason = this.#unfitness(numa.topologyOf(node));
      if (reason !== undefined) {
        unfit.set(reason, (unfit.get(reason) ?? 0) + 1);
        continue;
      }
      const answer = numa.admissionWhenEmpty(this.#pod, node);
      if (answer?.kind === 'admitted') return undefined;
      short.push(...(answer?.shortage === undefined ? [] : [answer.shortage]));
    }
    const parts = [
      ...[...Map.groupBy(short, askedText)].map(([asked, all]) => {
        return `${all.length} node(s) have ${asked}${mostText('at all', all)}`;
      }),
      ...[...unfit].map(([reason, count]) => `${count} ${reason}`),
    ];
    return `A pod with topology policy ${this.#pod.policy} fits no node, busy or not: ${parts.join(', ')}.`;
  }
}

/** What there is too little of, in words that are the same for nodes that lack the same. */
function askedText({ resource, asked, zones }: Shortage): string {
  if (resource === '') return 'no NUMA node with enough of everything that a container asks for';
  const on = zones === 1 ? 'one NUMA node' : `${zones} NUMA nodes`;
  return `too little ${resource} on ${on} (${inUnits(resource, asked)} asked for`;
}

function mostText(when: 'free' | 'at all', all: readonly Shortage[]): string {
  const [first] = all;
  if (first === undefined || first.resource === '') return '';
  return `, at most ${inUnits(first.resource, Math.max(...all.map(({ most }) => most)))} ${when})`;
}

function inUnits(resource: string, amount: number): string {
  return formatUnits(amount, resourceUnit(resource));
}

import { arrayAt, member, memberAt, stringAt } from '../../../../src/lib/json.ts';
import type { JsonObject } from '../../../../src/lib/json.ts';
import type { NodeObject } from './random-node.ts';
import type { World } from './random-world.ts';

/** What both say of one pod. */
export interface BothVerdicts {
  readonly theirs: ReadonlySet<string>;
  readonly ours: ReadonlySet<string>;
  /** In kube-scheduler's words: how many nodes each filter refused. */
  readonly message: string;
  /** In ours. */
  readonly explained: string;
}

interface Share {
  verdicts: number;
  passed: number;
}

/** As kube-scheduler counts nodes that it refused: `3 Insufficient cpu`. */
const COUNTED = /(\d+) ([^,]+?)(?=, \d+ |\.$|\. )/g;

/** What a pod may ask of its place, and whether a spec does. */
const DIMENSIONS: Readonly<Record<string, (spec: unknown) => boolean>> = {
  resources: (spec) => containers(spec).some((one) => memberAt(one, 'resources', 'requests') !== undefined),
  'pod-level resources': (spec) => member(spec, 'resources') !== undefined,
  'init containers': (spec) => arrayAt(spec, 'initContainers').length > 0,
  overhead: (spec) => member(spec, 'overhead') !== undefined,
  'node selector': (spec) => member(spec, 'nodeSelector') !== undefined,
  'node affinity': (spec) => memberAt(spec, 'affinity', 'nodeAffinity') !== undefined,
  tolerations: (spec) => arrayAt(spec, 'tolerations').some((one) => member(one, 'key') !== undefined),
  'host ports': (spec) => containers(spec).some((one) => member(one, 'ports') !== undefined),
  'pod affinity': (spec) => memberAt(spec, 'affinity', 'podAffinity') !== undefined,
  'pod anti-affinity': (spec) => memberAt(spec, 'affinity', 'podAntiAffinity') !== undefined,
  claims: (spec) => arrayAt(spec, 'volumes').length > 0,
  'topology spread': (spec) => member(spec, 'topologySpreadConstraints') !== undefined,
};

/** Verdicts that were compared, by what was asked and by what decided them, and those that differ. */
export class VerdictCount {
  readonly all: Share = { verdicts: 0, passed: 0 };
  readonly differences: string[] = [];
  /** By dimension. */
  readonly asked = new Map<string, Share>();
  /** Refusals, by the reason that kube-scheduler gives. */
  readonly refused = new Map<string, number>();

  add({ seed, nodes }: World, pod: JsonObject, verdicts: BothVerdicts): void {
    const { theirs, ours, message } = verdicts;
    const spec = member(pod, 'spec');
    const shares = Object.keys(DIMENSIONS).filter((name) => DIMENSIONS[name]?.(spec) === true);
    for (const share of [this.all, ...shares.map((name) => this.#share(name))]) {
      share.verdicts += nodes.length;
      share.passed += theirs.size;
    }
    for (const node of nodes) {
      const { name } = node.metadata;
      if (theirs.has(name) !== ours.has(name))
        this.differences.push(`seed ${seed}: ${difference(node, pod, verdicts)}`);
    }
    for (const [, count, reason = ''] of message.slice(message.indexOf(':') + 1).matchAll(COUNTED)) {
      this.refused.set(reason, (this.refused.get(reason) ?? 0) + Number(count));
    }
  }

  table(): string {
    const asked = [['all', this.all] as const, ...this.asked].map(([name, { verdicts, passed }]) => {
      return `${verdicts} ${name}: ${Math.round((100 * passed) / verdicts)} % may`;
    });
    const refused = [...this.refused].toSorted((a, b) => b[1] - a[1]).map(([reason, count]) => `${count} ${reason}`);
    return [...asked, 'refused:', ...refused].map((line) => `      ${line}`).join('\n');
  }

  #share(name: string): Share {
    const share = this.asked.get(name) ?? { verdicts: 0, passed: 0 };
    this.asked.set(name, share);
    return share;
  }
}

function containers(spec: unknown): readonly unknown[] {
  return [...arrayAt(spec, 'containers'), ...arrayAt(spec, 'initContainers')];
}

function difference(node: NodeObject, pod: JsonObject, { theirs, message, explained }: BothVerdicts): string {
  const { name, labels } = node.metadata;
  const said = theirs.has(name)
    ? 'kube-scheduler takes it, Sluice does not'
    : 'Sluice takes it, kube-scheduler does not';
  const podLabels = memberAt(pod, 'metadata', 'labels') ?? {};
  const facts = { node: { labels, ...node.spec }, namespace: stringAt(pod, ['metadata', 'namespace']), podLabels };
  return `${stringAt(pod, ['metadata', 'name'])} on ${name}: ${said}: ${JSON.stringify({ ...facts, spec: pod['spec'], message, explained })}`;
}

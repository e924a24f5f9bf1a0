/** A pod that runs by itself, as kube-scheduler's preemption sees it. */
export interface PlainPod {
  readonly name: string;
  readonly priority: number;
  readonly cpus: number;
  readonly createdMs: number;
}

/** Nodes in the order of their names. */
export interface PlainNode {
  readonly name: string;
  readonly cpus: number;
  readonly pods: readonly PlainPod[];
}

interface Candidate {
  readonly node: string;
  readonly victims: readonly PlainPod[];
}

/**
 * Who would have to go from where for the pod, by the rules of kube-scheduler's preemption without disruption budgets: on each
 * node all of lower priority go and as many as possible are let back, the most important first; then the node with the lowest
 * highest priority, the smallest sum of priorities, the fewest victims, and the youngest oldest victim of the highest priority. Written
 * plainly, to judge by.
 */
export function kubePreemption(nodes: readonly PlainNode[], pod: PlainPod): Candidate | undefined {
  const candidates = nodes.flatMap((node) => candidateOn(node, pod) ?? []);
  const keys: readonly ((candidate: Candidate) => number)[] = [
    ({ victims }) => highest(victims),
    ({ victims }) => victims.reduce((sum, { priority }) => sum + priority + 2 ** 31, 0),
    ({ victims }) => victims.length,
    ({ victims }) =>
      -Math.min(...victims.filter(({ priority }) => priority === highest(victims)).map(({ createdMs }) => createdMs)),
  ];
  let left = candidates;
  for (const key of keys) {
    const least = Math.min(...left.map(key));
    left = left.filter((candidate) => key(candidate) === least);
  }
  return left[0];
}

function candidateOn({ name, cpus, pods }: PlainNode, pod: PlainPod): Candidate | undefined {
  const lower = pods.filter(({ priority }) => priority < pod.priority);
  const staying = pods.filter((each) => !lower.includes(each));
  const fits = (): boolean => staying.reduce((sum, each) => sum + each.cpus, pod.cpus) <= cpus;
  if (!fits()) return undefined;
  const victims: PlainPod[] = [];
  for (const each of lower.toSorted((a, b) => b.priority - a.priority || a.createdMs - b.createdMs)) {
    staying.push(each);
    if (fits()) continue;
    staying.pop();
    victims.push(each);
  }
  return { node: name, victims };
}

function highest(pods: readonly PlainPod[]): number {
  return Math.max(...pods.map(({ priority }) => priority));
}

import { always, seconds, weight } from './argument-forms.ts';
import type { ArgumentRule } from './argument-rule.ts';

function rule(name: string, meaning: string): ArgumentRule {
  return { key: `predicate.${name}Enable`, type: 'bool', fallback: 'true', meaning };
}

/** What the plugin `predicates` takes. */
export const PREDICATE_ARGUMENTS: readonly ArgumentRule[] = [
  rule(
    'NodeAffinity',
    'Node selectors and required node affinity count. Without it a kubelet refuses pods that do not match its node.',
  ),
  rule('NodePorts', 'Host ports count. Without it a kubelet refuses pods whose ports are taken.'),
  rule(
    'TaintToleration',
    'Taints count. Without it only those do that have pods evicted (`NoExecute`), and those of nodes out of order (`node.kubernetes.io/...`).',
  ),
  rule('PodAffinity', 'Required affinity between pods counts, and anti-affinity.'),
  rule('PodTopologySpread', 'Topology spread that must hold (`DoNotSchedule`) counts.'),
  rule('VolumeBinding', 'Claims decide where a pod goes, and are bound before it. Without it they are not looked at.'),
  rule('VolumeZone', 'Labels of volumes keep their pods to a zone and a region.'),
  rule('NodeVolumeLimits', 'A node takes as many volumes as its CSINode says.'),
  rule(
    'DynamicResourceAllocation',
    'ResourceClaims decide where a pod goes, and get devices before it is bound. Without it pods that have some wait.',
  ),
  always('predicate.CacheEnable', 'What nodes say to one pod is kept for others that ask for the same.'),
  {
    key: 'predicate.ProportionalEnable',
    type: 'bool',
    fallback: 'false',
    meaning: 'Nodes keep CPU and memory for their free cards: pods that ask for none of these cards leave so much.',
  },
  {
    key: 'predicate.resources',
    type: 'text',
    fallback: 'none',
    meaning: 'The cards, by their resources, separated by commas.',
  },
  {
    ...weight('predicate.resources.<resource>.cpu', 1, 'CPUs that a node keeps for each of them that is free.'),
    listedIn: 'predicate.resources',
  },
  {
    ...weight('predicate.resources.<resource>.memory', 1, 'The same for memory, in units of 10^9 bytes.'),
    listedIn: 'predicate.resources',
  },
  seconds('volumebinding.bindTimeoutSeconds', 600, 'How long a place is held while its claims are being bound.'),
];

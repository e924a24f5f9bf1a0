import { GROUP_NAME_ANNOTATION, SLUICE_SCHEDULER } from '../../../../src/api/keys.ts';
import type { SeededRandom } from '../random.ts';
import { randomClaims } from './random-storage.ts';
import { FAR, NEAR, nodeSelector, nodeTerms, podTerms, spreadRules, toleration } from './random-rules.ts';
import { APPS, DEVICE, HEAVY_RUNTIME, HUGE, list, NAMESPACES, sometimes, TIERS, VERSIONS } from './vocabulary.ts';
import type { Labels } from './vocabulary.ts';

/** A Pod as it is sent to the API server. */
export interface PodObject {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels: Labels;
    readonly annotations: Labels;
  };
  readonly spec: {
    readonly schedulerName: string;
    readonly nodeName?: string;
    readonly tolerations?: readonly object[];
    readonly affinity?: {
      readonly nodeAffinity?: object;
      readonly podAffinity?: object;
      readonly podAntiAffinity?: object;
    };
    readonly topologySpreadConstraints?: readonly object[];
    readonly containers: readonly Container[];
    readonly initContainers?: readonly Container[];
    readonly resources?: { readonly requests: Labels };
    readonly volumes?: readonly object[];
    readonly resourceClaims?: readonly object[];
  };
}

/** One of its containers. */
export interface Container {
  readonly name: string;
  readonly image: string;
  readonly resources: { readonly requests?: Labels };
}

/** What a pod asks for; one of these dimensions alone, or several together. */
const DIMENSIONS = [
  'resources',
  'selector',
  'affinity',
  'names',
  'tolerations',
  'ports',
  'company',
  'distance',
  'spread',
  'volumes',
] as const;
type Dimension = (typeof DIMENSIONS)[number];

/** A pod that waits for a node. */
export function randomPendingPod(random: SeededRandom, name: string, nodes: readonly string[]): PodObject {
  const asked = new Set<Dimension>(random.shuffled(DIMENSIONS).slice(0, random.pick([1, 1, 1, 1, 1, 2, 2, 3])));
  if (asked.has('names') && random.chance(0.7)) asked.delete('names');
  const made = spec(random, asked, nodes);
  // Most of them bear every taint, or taints would hide what else there is.
  const bearsAll = !asked.has('tolerations') && random.chance(0.8);
  return {
    metadata: metadata(random, name),
    spec: bearsAll ? { ...made, tolerations: [{ operator: 'Exists' }] } : made,
  };
}

/** A pod that holds a node: what it says of others counts, and what it asks of its place no more. */
export function randomStandingPod(random: SeededRandom, name: string, nodes: readonly string[]): PodObject {
  const nodeName = random.chance(0.02) ? 'nowhere' : nodes[random.between(0, nodes.length - 1)];
  const asked = new Set<Dimension>(['resources']);
  if (random.chance(0.25)) asked.add('ports');
  if (random.chance(0.06)) asked.add('distance');
  if (random.chance(0.06)) asked.add('company');
  if (random.chance(0.2)) asked.add('volumes');
  return {
    metadata: metadata(random, name),
    spec: { ...spec(random, asked, nodes), ...(nodeName === undefined ? {} : { nodeName }) },
  };
}

function metadata(random: SeededRandom, name: string): PodObject['metadata'] {
  const labels = {
    ...sometimes(random, 0.85, 'app', () => random.pick(APPS)),
    ...sometimes(random, 0.7, 'tier', () => random.pick(TIERS)),
    ...sometimes(random, 0.7, 'version', () => random.pick(VERSIONS)),
  };
  return { name, namespace: random.pick(NAMESPACES), labels, annotations: { [GROUP_NAME_ANNOTATION]: name } };
}

function spec(random: SeededRandom, asked: ReadonlySet<Dimension>, nodes: readonly string[]): PodObject['spec'] {
  const affinity = {
    ...(asked.has('affinity') || asked.has('names')
      ? {
          nodeAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: asked.has('names')
              ? namedTerms(random, nodes)
              : nodeTerms(random, nodes),
          },
        }
      : {}),
    ...(asked.has('company')
      ? { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: podTerms(random, NEAR) } }
      : {}),
    ...(asked.has('distance')
      ? { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: podTerms(random, FAR) } }
      : {}),
  };
  return {
    schedulerName: SLUICE_SCHEDULER,
    ...containers(random, asked),
    ...(asked.has('resources') ? sometimes(random, 0.15, 'runtimeClassName', () => HEAVY_RUNTIME) : {}),
    ...(asked.has('selector') ? { nodeSelector: nodeSelector(random) } : {}),
    ...(Object.keys(affinity).length > 0 ? { affinity } : {}),
    ...(asked.has('tolerations') ? { tolerations: list(random, 1, 3, () => toleration(random)) } : {}),
    ...(asked.has('volumes') ? { volumes: randomClaims(random) } : {}),
    ...(asked.has('spread') ? { topologySpreadConstraints: spreadRules(random, 'DoNotSchedule') } : {}),
  };
}

/** Each term names nodes: kube-scheduler then looks at no others. */
function namedTerms(random: SeededRandom, nodes: readonly string[]): object {
  const name = (): string => nodes[random.between(0, nodes.length - 1)] ?? 'nobody';
  return {
    nodeSelectorTerms: list(random, 1, 3, () => ({
      matchFields: list(random, 1, 2, () => ({ key: 'metadata.name', operator: 'In', values: [name()] })),
    })),
  };
}

function containers(random: SeededRandom, asked: ReadonlySet<Dimension>): Pick<PodObject['spec'], 'containers'> {
  const hasAmounts = asked.has('resources');
  const one = (name: string, portProbability: number): Container => ({
    name,
    image: 'none',
    resources: hasAmounts ? resources(random) : {},
    ...(asked.has('ports') ? sometimes(random, portProbability, 'ports', () => [port(random)]) : {}),
  });
  const main = list(random, 1, 2, (i) => one(`main-${i}`, i === 0 ? 0.9 : 0.3));
  const steps = random.chance(0.3) ? list(random, 1, 3, (i) => step(random, one(`step-${i}`, 0.3))) : [];
  return {
    containers: main,
    ...(steps.length === 0 ? {} : { initContainers: steps }),
    ...(hasAmounts ? sometimes(random, 0.15, 'resources', () => ({ requests: { cpu: '3500m', memory: '5Gi' } })) : {}),
    ...(asked.has('ports') ? sometimes(random, 0.1, 'hostNetwork', () => true) : {}),
  };
}

/** What runs before the containers, or beside them from then on. */
function step(random: SeededRandom, container: Container): Container {
  return { ...container, ...sometimes(random, 0.4, 'restartPolicy', () => 'Always') };
}

function resources(random: SeededRandom): { readonly requests?: Labels; readonly limits?: Labels } {
  const requests = {
    ...sometimes(random, 0.7, 'cpu', () => random.pick(['100m', '250m', '500m', '1', '3', '0'])),
    ...sometimes(random, 0.7, 'memory', () =>
      random.pick(['64Mi', '256Mi', '512Mi', '1Gi', '3Gi', '500000Ki', '100000001']),
    ),
    ...sometimes(random, 0.2, 'ephemeral-storage', () => random.pick(['1Gi', '4Gi', '9Gi'])),
  };
  const whole = {
    ...sometimes(random, 0.2, DEVICE, () => String(random.between(0, 2))),
    // Pages want memory or cpu beside them.
    ...('cpu' in requests ? sometimes(random, 0.12, HUGE, () => `${random.between(1, 2) * 64}Mi`) : {}),
  };
  return { requests: { ...requests, ...whole }, ...(Object.keys(whole).length > 0 ? { limits: whole } : {}) };
}

function port(random: SeededRandom): object {
  const number = random.pick([8080, 8081]);
  return {
    containerPort: number,
    hostPort: number,
    ...sometimes(random, 0.4, 'protocol', () => random.pick(['TCP', 'UDP'])),
    ...sometimes(random, 0.5, 'hostIP', () => random.pick(['10.0.0.1', '10.0.0.2', '0.0.0.0'])),
  };
}

import type { SeededRandom } from '../random.ts';
import type { NodeObject } from './random-node.ts';
import type { Container, PodObject } from './random-pod.ts';
import { podWishes, preferredNodeTerms, spreadRules } from './random-rules.ts';
import { someOf } from './vocabulary.ts';

/** The pod with wishes for its place, and with an amount of cpu and memory for each of its containers. */
export function wishing(random: SeededRandom, pod: PodObject): PodObject {
  const { spec } = pod;
  const { nodeAffinity = {}, podAffinity = {}, podAntiAffinity = {} } = spec.affinity ?? {};
  const preferred = (terms: () => object[]): object => {
    return random.chance(0.5) ? { preferredDuringSchedulingIgnoredDuringExecution: terms() } : {};
  };
  const affinity = {
    nodeAffinity: { ...nodeAffinity, ...preferred(() => preferredNodeTerms(random)) },
    podAffinity: { ...podAffinity, ...preferred(() => podWishes(random)) },
    podAntiAffinity: { ...podAntiAffinity, ...preferred(() => podWishes(random)) },
  };
  const soft = random.chance(0.4) ? spreadRules(random, 'ScheduleAnyway') : [];
  return {
    ...pod,
    spec: {
      ...spec,
      affinity,
      topologySpreadConstraints: [...(spec.topologySpreadConstraints ?? []), ...soft],
      containers: spec.containers.map((one) => filled(random, one)),
      ...(spec.initContainers === undefined
        ? {}
        : { initContainers: spec.initContainers.map((one) => filled(random, one)) }),
    },
  };
}

/** The node with some images on it. */
export function holdingImages(random: SeededRandom, node: NodeObject): NodeObject {
  return { ...node, status: { ...node.status, images: someOf(random, 0.5, IMAGES) } };
}

const MEBIBYTE = 1024 * 1024;
const IMAGES = [
  { names: ['example.com/small:1'], sizeBytes: 20 * MEBIBYTE },
  { names: ['example.com/web@sha256:12', 'example.com/web:latest'], sizeBytes: 300 * MEBIBYTE + 1 },
  { names: ['example.com:5000/tools:2'], sizeBytes: 700 * MEBIBYTE },
  { names: ['example.com/models:v1', 'example.com/models:latest'], sizeBytes: 9000 * MEBIBYTE },
];
/** As pods name them: some without a tag, and some that no node has. */
const IMAGE_NAMES = [
  'example.com/small:1',
  'example.com/web',
  'example.com/web@sha256:12',
  'example.com:5000/tools:2',
  'example.com:5000/tools',
  'example.com/models:v1',
] as const;

/** Of a container that asks for no cpu, or no memory, kube-scheduler's scores count an amount of their own. */
function filled(random: SeededRandom, container: Container): Container {
  const { resources } = container;
  const image = random.pick(IMAGE_NAMES);
  return {
    ...container,
    image,
    resources: { ...resources, requests: { cpu: '100m', memory: '64Mi', ...resources.requests } },
  };
}

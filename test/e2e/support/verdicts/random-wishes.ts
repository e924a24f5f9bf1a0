import type { SeededRandom } from '../random.ts';
import type { Container, PodObject } from './random-pod.ts';
import { podWishes, preferredNodeTerms, spreadRules } from './random-rules.ts';

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
      containers: spec.containers.map(filled),
      ...(spec.initContainers === undefined ? {} : { initContainers: spec.initContainers.map(filled) }),
    },
  };
}

/** Of a container that asks for no cpu, or no memory, kube-scheduler's scores count an amount of their own. */
function filled(container: Container): Container {
  const { resources } = container;
  return {
    ...container,
    resources: { ...resources, requests: { cpu: '100m', memory: '64Mi', ...resources.requests } },
  };
}

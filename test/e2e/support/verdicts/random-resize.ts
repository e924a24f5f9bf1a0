import type { SeededRandom } from '../random.ts';
import type { Container, PodObject } from './random-pod.ts';
import { sometimes } from './vocabulary.ts';
import type { Labels } from './vocabulary.ts';

/** What a kubelet tells of a pod that is resized in place: less or more is allocated, or in force, than its spec asks for. */
export function resizingStatus(random: SeededRandom, { spec }: PodObject): object {
  const drawn = random.pick(['Infeasible', 'Deferred', '', '']);
  // A kubelet tells all amounts of the whole pod, and not only those that are resized here: kube-scheduler counts no others then.
  const isPartlyTold = spec.resources !== undefined && !spec.containers.every(asksForMachineOnly);
  const reason = drawn === 'Infeasible' && isPartlyTold ? 'Deferred' : drawn;
  // Who says that a resize is infeasible says what there is instead.
  const probability = reason === 'Infeasible' ? 1 : 0.9;
  const statuses = (containers: readonly Container[]): object[] => {
    return containers.map((container) => status(random, container, probability));
  };
  return {
    phase: 'Running',
    ...(reason === '' ? {} : { conditions: [{ type: 'PodResizePending', status: 'True', reason }] }),
    containerStatuses: statuses(spec.containers),
    initContainerStatuses: statuses(spec.initContainers ?? []),
    ...(spec.resources === undefined ? {} : told(random, spec.resources.requests, probability)),
  };
}

function asksForMachineOnly({ resources }: Container): boolean {
  return Object.keys(resources.requests ?? {}).every((name) => name === 'cpu' || name === 'memory');
}

function status(random: SeededRandom, { name, resources }: Container, probability: number): object {
  return {
    name,
    image: 'none',
    imageID: 'none',
    ready: true,
    restartCount: 0,
    state: { running: {} },
    ...(random.chance(probability) ? told(random, resources.requests ?? {}, probability) : {}),
  };
}

function told(random: SeededRandom, requests: Labels, probability: number): object {
  return {
    ...sometimes(random, probability, 'allocatedResources', () => resized(random, requests)),
    ...sometimes(random, probability, 'resources', () => ({ requests: resized(random, requests) })),
  };
}

function resized(random: SeededRandom, requests: Labels): Labels {
  return {
    ...requests,
    ...('cpu' in requests ? { cpu: random.pick(['50m', '500m', '1500m', requests['cpu'] ?? '0']) } : {}),
    ...('memory' in requests ? { memory: random.pick(['32Mi', '700Mi', '2Gi', requests['memory'] ?? '0']) } : {}),
  };
}

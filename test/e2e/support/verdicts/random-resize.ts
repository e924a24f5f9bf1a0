import type { SeededRandom } from '../random.ts';
import type { PodObject } from './random-pod.ts';
import { sometimes } from './vocabulary.ts';
import type { Labels } from './vocabulary.ts';

/** What a kubelet tells of a pod that is resized in place: less or more is allocated, or in force, than its spec asks for. */
export function resizingStatus(random: SeededRandom, { spec }: PodObject): object {
  const reason = random.pick(['Infeasible', 'Deferred', '', '']);
  const isTold = random.chance(0.9);
  return {
    phase: 'Running',
    ...(reason === '' ? {} : { conditions: [{ type: 'PodResizePending', status: 'True', reason }] }),
    containerStatuses: spec.containers.map(({ name, resources }) => ({
      name,
      image: 'none',
      imageID: 'none',
      ready: true,
      restartCount: 0,
      state: { running: {} },
      ...(isTold ? told(random, resources.requests ?? {}) : {}),
    })),
    ...(spec.resources === undefined ? {} : told(random, spec.resources.requests)),
  };
}

function told(random: SeededRandom, requests: Labels): object {
  return {
    ...sometimes(random, 0.9, 'allocatedResources', () => resized(random, requests)),
    ...sometimes(random, 0.9, 'resources', () => ({ requests: resized(random, requests) })),
  };
}

function resized(random: SeededRandom, requests: Labels): Labels {
  return {
    ...requests,
    ...('cpu' in requests ? { cpu: random.pick(['50m', '500m', '1500m', requests['cpu'] ?? '0']) } : {}),
    ...('memory' in requests ? { memory: random.pick(['32Mi', '700Mi', '2Gi', requests['memory'] ?? '0']) } : {}),
  };
}

import { ReflectedView } from '../src/engine/admission/cluster-view.ts';
import { objectAt } from '../src/lib/json.ts';
import type { JsonObject } from '../src/lib/json.ts';
import { request } from '../test/webhooks/fixture.ts';
import type { AdmissionRequest } from '../webhooks/admission.ts';
import { POD_FRAMEWORKS } from '../webhooks/frameworks/table.ts';
import { versionsOf } from '../webhooks/frameworks/versioned-kind.ts';
import { BUILT_IN_KINDS } from '../webhooks/frameworks/workload-kinds.ts';
import { askPod, handedDown } from '../webhooks/pods/inherited.ts';
import { readPodFacts } from '../webhooks/pods/pod-facts.ts';
import type { PodFacts } from '../webhooks/pods/pod-facts.ts';
import { recognise } from '../webhooks/pods/recognise.ts';
import { NO_ANSWERS } from '../webhooks/question.ts';
import { REGISTRY } from '../webhooks/registry.ts';
import { viewKindsOf } from '../webhooks/view-kinds.ts';
import { benchmark } from './benchmark.ts';
import type { Figures } from './figures.ts';
import { median, rounded } from './figures.ts';

const SETTINGS = {
  pods: { kind: 'number', fallback: 100_000, min: 1000, max: 10_000_000, help: 'pods of each kind and round' },
  runs: { kind: 'number', fallback: 5, min: 1, max: 100, help: 'rounds of all kinds in turn; medians are told' },
} as const;

/** Pods that are of no framework: alone, or made by somebody whose kind is no workload kind. */
const OWNERS: Readonly<Record<string, JsonObject | undefined>> = {
  alone: undefined,
  ofReplicaSet: { apiVersion: 'apps/v1', kind: 'ReplicaSet' },
  ofStatefulSet: { apiVersion: 'apps/v1', kind: 'StatefulSet' },
  ofAnotherKind: { apiVersion: 'example.dev/v1', kind: 'Thing' },
};

/** What it costs to find out that a pod is of no framework, and what it costs with its facts read and its group planned, as any pod's. */
export const RECOGNISING_BENCHMARK = benchmark(
  'recognising',
  'What a plain pod pays, by the time of the processor, where all kinds of frameworks are served.',
  SETTINGS,
  ({ pods, runs }, say) => {
    const view = new ReflectedView(viewKindsOf(REGISTRY));
    view.setWorkloadKinds(BUILT_IN_KINDS, BUILT_IN_KINDS.flatMap(versionsOf));
    const figures: Record<string, Figures> = {};
    for (const [name, owner] of Object.entries(OWNERS)) {
      say(name);
      const reviewed = requestsOf(owner).map((asked) => ({
        asked,
        facts: readPodFacts(asked, objectAt(asked, 'object')),
      }));
      const ofNone = cpuMicros(reviewed, { pods, runs }, ({ asked, facts }) => {
        askPod(asked, view);
        handedDown(facts, view, NO_ANSWERS);
        return POD_FRAMEWORKS.some((framework) => framework.matches(facts));
      });
      const planned = cpuMicros(reviewed, { pods, runs }, ({ asked }) =>
        recognise(asked, readPodFacts(asked, objectAt(asked, 'object')), view),
      );
      figures[name] = { cpuMicros: ofNone, planningCpuMicros: planned };
    }
    return Promise.resolve(figures);
  },
);

interface ReviewedPod {
  readonly asked: AdmissionRequest;
  readonly facts: PodFacts;
}

/** The median of the rounds, after one that does not count. */
function cpuMicros(
  reviewed: readonly ReviewedPod[],
  { pods, runs }: { readonly pods: number; readonly runs: number },
  look: (pod: ReviewedPod) => unknown,
): number {
  const rounds = Array.from({ length: runs + 1 }, () => {
    const before = process.cpuUsage();
    for (let done = 0; done < pods; done += reviewed.length) for (const pod of reviewed) look(pod);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / pods;
  });
  return rounded(median(rounds.slice(1)), 2);
}

function requestsOf(owner: JsonObject | undefined): readonly AdmissionRequest[] {
  return Array.from({ length: 500 }, (_, ix) => {
    const references = owner === undefined ? [] : [{ ...owner, name: `web-${ix}`, uid: `uid-${ix}`, controller: true }];
    return request({
      uid: `review-${ix}`,
      namespace: `team-${ix % 20}`,
      username: 'system:serviceaccount:kube-system:replicaset-controller',
      object: {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { generateName: `web-${ix}-`, labels: { app: 'web' }, ownerReferences: references },
        spec: { containers: [{ name: 'main', image: 'web', resources: { requests: { cpu: '1', memory: '2Gi' } } }] },
      },
    });
  });
}

import type { JsonObject } from '../../src/lib/json.ts';
import { everywhere, own, SELECTOR } from './labels.ts';
import { NAME } from './settings.ts';
import type { Settings } from './settings.ts';

/** One pod goes at a time when nodes are drained; one that is broken anyway is in nobody's way. */
export function disruptionBudget(settings: Settings): JsonObject {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: own(NAME, settings),
    spec: {
      maxUnavailable: settings.maxUnavailable,
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
      selector: { matchLabels: SELECTOR },
    },
  };
}

/** Our requests have seats of their own at the API server: a flood of others starves no binding, and ours starve nobody. */
export function fairness(settings: Settings): readonly JsonObject[] {
  const version = 'flowcontrol.apiserver.k8s.io/v1';
  const subject = { kind: 'ServiceAccount', serviceAccount: { name: NAME, namespace: settings.namespace } };
  const resourceRules = [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'], namespaces: ['*'], clusterScope: true }];
  return [
    {
      apiVersion: version,
      kind: 'PriorityLevelConfiguration',
      metadata: everywhere(NAME, settings),
      spec: {
        type: 'Limited',
        limited: {
          nominalConcurrencyShares: 40,
          lendablePercent: 50,
          limitResponse: { type: 'Queue', queuing: { queues: 16, handSize: 4, queueLengthLimit: 100 } },
        },
      },
    },
    {
      apiVersion: version,
      kind: 'FlowSchema',
      metadata: everywhere(NAME, settings),
      spec: {
        priorityLevelConfiguration: { name: NAME },
        // Before those that take every service account.
        matchingPrecedence: 1000,
        distinguisherMethod: { type: 'ByUser' },
        rules: [{ subjects: [subject], resourceRules }],
      },
    },
  ];
}

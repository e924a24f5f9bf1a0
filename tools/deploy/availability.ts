import type { JsonObject } from '../../src/lib/json.ts';
import { everywhere, own, selector } from './labels.ts';
import { NAME, WEBHOOK_ACCOUNT } from './settings.ts';
import type { Settings } from './settings.ts';

/** Of each kind one pod goes at a time when nodes are drained; one that is broken anyway is in nobody's way. */
export function disruptionBudgets(settings: Settings): readonly JsonObject[] {
  const parts = [
    [NAME, 'server'],
    [`${NAME}-scheduler`, 'scheduler'],
  ] as const;
  return parts.map(([name, component]) => ({
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: own(name, settings),
    spec: {
      maxUnavailable: settings.maxUnavailable,
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
      selector: { matchLabels: selector(component) },
    },
  }));
}

/** Our requests have seats of their own at the API server: a flood of others starves no binding, and ours starve nobody. */
export function fairness(settings: Settings): readonly JsonObject[] {
  const version = 'flowcontrol.apiserver.k8s.io/v1';
  const subjects = [NAME, WEBHOOK_ACCOUNT].map((name) => ({
    kind: 'ServiceAccount',
    serviceAccount: { name, namespace: settings.namespace },
  }));
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
        rules: [{ subjects, resourceRules }],
      },
    },
  ];
}

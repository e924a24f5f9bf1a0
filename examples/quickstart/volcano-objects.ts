import { VOLCANO_NAMESPACE, volcanoRelease } from '../../src/api/volcano-release.ts';

/** What Volcano's own tests run with. */
const SCHEDULER_CONFIGURATION = `actions: "enqueue, allocate, backfill, reclaim, preempt"
tiers:
  - plugins:
      - name: priority
      - name: gang
        enablePreemptable: false
      - name: conformance
      - name: sla
  - plugins:
      - name: overcommit
      - name: drf
        enablePreemptable: false
      - name: predicates
      - name: proportion
      - name: nodeorder
      - name: binpack
      - name: network-topology-aware
`;

/** Empty nodes for Volcano's scheduler, full ones for its scheduler of agents. */
const SHARDING_CONFIGURATION = `schedulerConfigs:
  - name: volcano
    type: volcano
    policies:
      - name: allocation-rate
        arguments:
          minCPUUtil: 0.0
          maxCPUUtil: 0.6
      - name: node-limit
        arguments:
          maxNodes: 100
  - name: agent-scheduler
    type: agent
    policies:
      - name: allocation-rate
        arguments:
          minCPUUtil: 0.7
          maxCPUUtil: 1.0
      - name: warmup
        weight: 2
shardSyncPeriod: 60s
enableNodeEventTrigger: true
`;

/** The objects that Volcano's chart installs for a release and that others look for. */
export function volcanoObjects(release: string): readonly object[] {
  const names = volcanoRelease(release);
  const configMap = (name: string, data: Readonly<Record<string, string>>): object => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: VOLCANO_NAMESPACE },
    data,
  });
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: VOLCANO_NAMESPACE } },
    configMap(names.schedulerConfigMap, { 'volcano-scheduler-ci.conf': SCHEDULER_CONFIGURATION }),
    configMap(names.admissionConfigMap, { 'volcano-admission-ci.conf': '' }),
    configMap(names.controllerConfigMap, { 'volcano-controller.conf': '' }),
    configMap(names.shardingConfigMap, { 'sharding.yaml': SHARDING_CONFIGURATION }),
  ];
}

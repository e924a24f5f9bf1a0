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
    configMap(names.shardingConfigMap, { 'sharding.yaml': '' }),
  ];
}

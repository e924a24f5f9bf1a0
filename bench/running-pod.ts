import type { JsonObject } from '../src/lib/json.ts';

const RESOURCES = { requests: { cpu: '500m', memory: '2Gi' }, limits: { cpu: '2', memory: '4Gi' } };

/** A pod of a Job as the API server sends it once it runs, with all that kubelet and controllers have written into it. */
export function runningPod(index: number): JsonObject {
  const job = `job-${Math.floor(index / 8)}`;
  const created = new Date(1_790_000_000_000 + Math.floor(index / 16) * 1000).toISOString().replace('.000', '');
  return {
    metadata: {
      name: `${job}-worker-${index}`,
      namespace: 'team-a',
      uid: `0d9b3f2e-6f0e-4b0a-9c7e-${String(index).padStart(12, '0')}`,
      resourceVersion: String(100_000 + index),
      generation: 1,
      creationTimestamp: created,
      labels: { app: 'trainer', 'job-name': job, 'batch.kubernetes.io/job-name': job, 'controller-uid': `uid-${job}` },
      annotations: { 'scheduling.k8s.io/group-name': `${job}-group` },
      ownerReferences: [
        {
          apiVersion: 'batch/v1',
          kind: 'Job',
          name: job,
          uid: `uid-${job}`,
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
      managedFields: [managedFields('kube-controller-manager', created), managedFields('kubelet', created)],
    },
    spec: specOf(index),
    status: statusOf(created),
  };
}

function managedFields(manager: string, time: string): JsonObject {
  const names = ['args', 'command', 'env', 'image', 'imagePullPolicy', 'name', 'resources', 'volumeMounts'];
  const container = Object.fromEntries(names.map((name) => [`f:${name}`, { '.': {}, 'f:name': {}, 'f:value': {} }]));
  const fields = { 'f:spec': { 'f:containers': { 'k:{"name":"main"}': container }, 'f:restartPolicy': {} } };
  return { manager, operation: 'Update', apiVersion: 'v1', time, fieldsType: 'FieldsV1', fieldsV1: fields };
}

function specOf(index: number): JsonObject {
  return {
    containers: [
      {
        name: 'main',
        image: 'registry.example/train:1.2.3',
        command: ['python'],
        args: ['-m', 'train', '--epochs=3'],
        env: [
          { name: 'RANK', value: String(index % 8) },
          { name: 'WORLD_SIZE', value: '8' },
        ],
        resources: RESOURCES,
        volumeMounts: [{ name: 'token', readOnly: true, mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' }],
        terminationMessagePath: '/dev/termination-log',
        terminationMessagePolicy: 'File',
        imagePullPolicy: 'IfNotPresent',
      },
    ],
    volumes: [
      { name: 'token', projected: { sources: [{ serviceAccountToken: { path: 'token' } }], defaultMode: 420 } },
    ],
    restartPolicy: 'Never',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    serviceAccountName: 'default',
    nodeName: `node-${index % 100}`,
    securityContext: {},
    schedulerName: 'sluice',
    priority: 0,
    preemptionPolicy: 'PreemptLowerPriority',
    tolerations: ['not-ready', 'unreachable'].map((taint) => ({
      key: `node.kubernetes.io/${taint}`,
      operator: 'Exists',
      effect: 'NoExecute',
      tolerationSeconds: 300,
    })),
  };
}

function statusOf(time: string): JsonObject {
  const types = ['PodScheduled', 'Initialized', 'ContainersReady', 'Ready'];
  return {
    phase: 'Running',
    conditions: types.map((type) => ({ type, status: 'True', lastTransitionTime: time })),
    hostIP: '10.0.0.1',
    podIP: '10.1.2.3',
    podIPs: [{ ip: '10.1.2.3' }],
    startTime: time,
    containerStatuses: [
      {
        name: 'main',
        ready: true,
        restartCount: 0,
        image: 'registry.example/train:1.2.3',
        imageID: 'sha256:0123456789abcdef',
        containerID: 'containerd://0123456789abcdef',
        state: { running: { startedAt: time } },
        allocatedResources: RESOURCES.requests,
        resources: RESOURCES,
      },
    ],
    qosClass: 'Burstable',
    allocatedResources: RESOURCES.requests,
    resources: RESOURCES,
  };
}

import type { Row } from './row.ts';
import { container, vcjobOf, vcjobWith } from './vcjob-fixture.ts';

const WORKER = 'spec.tasks[0]';
const POD = `${WORKER}.template.spec`;
const MAIN = `${POD}.containers[0]`;

/** Rules about pod templates: a real API server says the same of pods. */
export const TEMPLATE_ROWS: readonly Row[] = [
  [
    'a pod has a container',
    vcjobOf({}),
    vcjobOf({ containers: [] }),
    `${POD}.containers`,
    'must have at least one container',
  ],
  ['a container has a name', vcjobWith({}), vcjobWith({ name: '' }), `${MAIN}.name`, 'required value'],
  [
    'the name of a container is a label',
    vcjobWith({ name: 'a-b' }),
    vcjobWith({ name: 'A_b' }),
    `${MAIN}.name`,
    'lowercase RFC 1123 label',
  ],
  [
    'names of containers are unique',
    vcjobOf({ initContainers: [container({ name: 'init' })] }),
    vcjobOf({ initContainers: [container()] }),
    `${POD}.initContainers[0].name`,
    'duplicate value',
  ],
  [
    'a container has an image',
    vcjobWith({ image: 'a/b:1' }),
    vcjobWith({ image: '' }),
    `${MAIN}.image`,
    'required value',
  ],
  [
    'an image has no blanks around it',
    vcjobWith({ image: 'a' }),
    vcjobWith({ image: ' a' }),
    `${MAIN}.image`,
    'whitespace',
  ],
  [
    'a pull policy exists',
    vcjobWith({ imagePullPolicy: 'Never' }),
    vcjobWith({ imagePullPolicy: 'Sometimes' }),
    `${MAIN}.imagePullPolicy`,
    'supported values',
  ],
  [
    'a message policy exists',
    vcjobWith({ terminationMessagePolicy: 'File' }),
    vcjobWith({ terminationMessagePolicy: 'Post' }),
    `${MAIN}.terminationMessagePolicy`,
    'supported values',
  ],
  [
    'a port has a number',
    vcjobWith({ ports: [{ containerPort: 80 }] }),
    vcjobWith({ ports: [{}] }),
    `${MAIN}.ports[0].containerPort`,
    'required value',
  ],
  [
    'a port is one',
    vcjobWith({ ports: [{ containerPort: 65_535 }] }),
    vcjobWith({ ports: [{ containerPort: 65_536 }] }),
    `${MAIN}.ports[0].containerPort`,
    'between 1 and 65535',
  ],
  [
    'a port of the node is one',
    vcjobWith({ ports: [{ containerPort: 80, hostPort: 80 }] }),
    vcjobWith({ ports: [{ containerPort: 80, hostPort: 70_000 }] }),
    `${MAIN}.ports[0].hostPort`,
    'between 1 and 65535',
  ],
  [
    'a port of the node is used once',
    vcjobWith({
      ports: [
        { containerPort: 80, hostPort: 80 },
        { containerPort: 81, hostPort: 81 },
      ],
    }),
    vcjobWith({
      ports: [
        { containerPort: 80, hostPort: 80 },
        { containerPort: 81, hostPort: 80 },
      ],
    }),
    `${MAIN}.ports[1].hostPort`,
    'duplicate value',
  ],
  [
    'names of ports are unique',
    vcjobWith({
      ports: [
        { name: 'a', containerPort: 80 },
        { name: 'b', containerPort: 81 },
      ],
    }),
    vcjobWith({
      ports: [
        { name: 'a', containerPort: 80 },
        { name: 'a', containerPort: 81 },
      ],
    }),
    `${MAIN}.ports[1].name`,
    'duplicate value',
  ],
  [
    'the name of a port is short',
    vcjobWith({ ports: [{ name: 'http', containerPort: 80 }] }),
    vcjobWith({ ports: [{ name: 'much-too-long-a-name', containerPort: 80 }] }),
    `${MAIN}.ports[0].name`,
    'no more than 15',
  ],
  [
    'a protocol exists',
    vcjobWith({ ports: [{ protocol: 'UDP', containerPort: 80 }] }),
    vcjobWith({ ports: [{ protocol: 'IP', containerPort: 80 }] }),
    `${MAIN}.ports[0].protocol`,
    'supported values',
  ],
  [
    'ports in the node’s network are the node’s',
    vcjobWith({ ports: [{ containerPort: 80, hostPort: 80 }] }, { hostNetwork: true }),
    vcjobWith({ ports: [{ containerPort: 80, hostPort: 81 }] }, { hostNetwork: true }),
    `${MAIN}.ports[0].containerPort`,
    'must match `hostPort`',
  ],
  [
    'a variable has a name',
    vcjobWith({ env: [{ name: 'A_1', value: 'x' }] }),
    vcjobWith({ env: [{ value: 'x' }] }),
    `${MAIN}.env[0].name`,
    'required value',
  ],
  [
    'the name of a variable is one',
    vcjobWith({ env: [{ name: 'a.b' }] }),
    vcjobWith({ env: [{ name: 'a=b' }] }),
    `${MAIN}.env[0].name`,
    'printable ASCII',
  ],
  [
    'a variable has one value',
    vcjobWith({ env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }] }),
    vcjobWith({ env: [{ name: 'A', value: 'x', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }] }),
    `${MAIN}.env[0].valueFrom`,
    'may not be specified when `value` is not empty',
  ],
  [
    'a mount has its volume',
    vcjobWith({ volumeMounts: [{ name: 'v', mountPath: '/v' }] }, { volumes: [{ name: 'v', emptyDir: {} }] }),
    vcjobWith({ volumeMounts: [{ name: 'v', mountPath: '/v' }] }),
    `${MAIN}.volumeMounts[0].name`,
    'not found',
  ],
  [
    'a mount has a path',
    vcjobWith({ volumeMounts: [{ name: 'v', mountPath: '/v' }] }, { volumes: [{ name: 'v', emptyDir: {} }] }),
    vcjobWith({ volumeMounts: [{ name: 'v' }] }, { volumes: [{ name: 'v', emptyDir: {} }] }),
    `${MAIN}.volumeMounts[0].mountPath`,
    'required value',
  ],
  [
    'paths of mounts are unique',
    vcjobWith(
      {
        volumeMounts: [
          { name: 'v', mountPath: '/v' },
          { name: 'v', mountPath: '/w' },
        ],
      },
      { volumes: [{ name: 'v', emptyDir: {} }] },
    ),
    vcjobWith(
      {
        volumeMounts: [
          { name: 'v', mountPath: '/v' },
          { name: 'v', mountPath: '/v' },
        ],
      },
      { volumes: [{ name: 'v', emptyDir: {} }] },
    ),
    `${MAIN}.volumeMounts[1].mountPath`,
    'must be unique',
  ],
  [
    'names of volumes are unique',
    vcjobOf({
      volumes: [
        { name: 'v', emptyDir: {} },
        { name: 'w', emptyDir: {} },
      ],
    }),
    vcjobOf({
      volumes: [
        { name: 'v', emptyDir: {} },
        { name: 'v', emptyDir: {} },
      ],
    }),
    `${POD}.volumes[1].name`,
    'duplicate value',
  ],
  [
    'a volume has one source',
    vcjobOf({ volumes: [{ name: 'v', secret: { secretName: 's' } }] }),
    vcjobOf({ volumes: [{ name: 'v', emptyDir: {}, secret: { secretName: 's' } }] }),
    `${POD}.volumes[0].secret`,
    'may not specify more than 1 volume type',
  ],
  [
    'a source says which',
    vcjobOf({ volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'c' } }] }),
    vcjobOf({ volumes: [{ name: 'v', persistentVolumeClaim: { claimName: '' } }] }),
    `${POD}.volumes[0].persistentVolumeClaim.claimName`,
    'required value',
  ],
  [
    'a restart policy exists',
    vcjobOf({ restartPolicy: 'OnFailure' }),
    vcjobOf({ restartPolicy: 'Often' }),
    `${POD}.restartPolicy`,
    'supported values',
  ],
  [
    'a DNS policy exists',
    vcjobOf({ dnsPolicy: 'Default' }),
    vcjobOf({ dnsPolicy: 'Last' }),
    `${POD}.dnsPolicy`,
    'supported values',
  ],
  [
    'who has no DNS names a server',
    vcjobOf({ dnsPolicy: 'None', dnsConfig: { nameservers: ['10.0.0.1'] } }),
    vcjobOf({ dnsPolicy: 'None' }),
    `${POD}.dnsConfig.nameservers`,
    'must provide at least one DNS nameserver',
  ],
  [
    'a quantity is one',
    vcjobWith({ resources: { limits: { cpu: '2' } } }),
    vcjobWith({ resources: { limits: { cpu: 'two' } } }),
    `${MAIN}.resources.limits[cpu]`,
    'must be a quantity',
  ],
  [
    'a quantity is not negative',
    vcjobWith({ resources: { limits: { cpu: '0' } } }),
    vcjobWith({ resources: { limits: { cpu: '-1' } } }),
    `${MAIN}.resources.limits[cpu]`,
    'must be greater than or equal to 0',
  ],
  [
    'a request is within its limit',
    vcjobWith({ resources: { requests: { cpu: '1' }, limits: { cpu: '1000m' } } }),
    vcjobWith({ resources: { requests: { cpu: '2' }, limits: { cpu: '1' } } }),
    `${MAIN}.resources.requests[cpu]`,
    'must be less than or equal to cpu limit',
  ],
  [
    'devices are whole',
    vcjobWith({ resources: { limits: { 'nvidia.com/gpu': '1' } } }),
    vcjobWith({ resources: { limits: { 'nvidia.com/gpu': '500m' } } }),
    `${MAIN}.resources.limits[nvidia.com/gpu]`,
    'must be an integer',
  ],
  [
    'devices are limited',
    vcjobWith({ resources: { limits: { 'nvidia.com/gpu': '1' } } }),
    vcjobWith({ resources: { requests: { 'nvidia.com/gpu': '1' } } }),
    `${MAIN}.resources.limits[nvidia.com/gpu]`,
    'Limit must be set',
  ],
  [
    'a resource is known',
    vcjobWith({ resources: { limits: { 'ephemeral-storage': '1Gi' } } }),
    vcjobWith({ resources: { limits: { gpu: '1' } } }),
    `${MAIN}.resources.limits[gpu]`,
    'must be a standard resource type or fully qualified',
  ],
  [
    'labels have keys that can be',
    vcjobOf({}, { labels: { 'a.b/c': 'd' } }),
    vcjobOf({}, { labels: { '/c': 'd' } }),
    `${WORKER}.template.metadata.labels`,
    'prefix part',
  ],
  [
    'labels have values that can be',
    vcjobOf({}, { labels: { a: '' } }),
    vcjobOf({}, { labels: { a: '-' } }),
    `${WORKER}.template.metadata.labels[a]`,
    'a valid label',
  ],
  [
    'a subdomain is a label',
    vcjobOf({ subdomain: 'a' }),
    vcjobOf({ subdomain: 'a.b' }),
    `${POD}.subdomain`,
    'lowercase RFC 1123 label',
  ],
  [
    'a deadline is a time',
    vcjobOf({ activeDeadlineSeconds: 1 }),
    vcjobOf({ activeDeadlineSeconds: 0 }),
    `${POD}.activeDeadlineSeconds`,
    'between 1 and 2147483647',
  ],
  [
    'a toleration has an operator that exists',
    vcjobOf({ tolerations: [{ key: 'a', operator: 'Exists' }] }),
    vcjobOf({ tolerations: [{ key: 'a', operator: 'Near' }] }),
    `${POD}.tolerations[0].operator`,
    'supported values',
  ],
  [
    'a toleration of all says so',
    vcjobOf({ tolerations: [{ operator: 'Exists' }] }),
    vcjobOf({ tolerations: [{ value: 'a' }] }),
    `${POD}.tolerations[0].operator`,
    'operator must be Exists',
  ],
  [
    'a toleration of a key has no value',
    vcjobOf({ tolerations: [{ key: 'a', value: 'b' }] }),
    vcjobOf({ tolerations: [{ key: 'a', operator: 'Exists', value: 'b' }] }),
    `${POD}.tolerations[0].operator`,
    'value must be empty',
  ],
  [
    'a toleration for a time is of what evicts',
    vcjobOf({ tolerations: [{ key: 'a', effect: 'NoExecute', tolerationSeconds: 3 }] }),
    vcjobOf({ tolerations: [{ key: 'a', effect: 'NoSchedule', tolerationSeconds: 3 }] }),
    `${POD}.tolerations[0].effect`,
    "effect must be 'NoExecute'",
  ],
];

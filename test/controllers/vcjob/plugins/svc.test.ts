import { expect } from 'chai';
import { CONFIG_MAPS, NETWORK_POLICIES, SERVICES } from '../../../../src/api/resources.ts';
import { pluginsOf } from '../../../../src/controllers/vcjob/plugins/table.ts';
import type { PluginObject } from '../../../../src/controllers/vcjob/plugins/plugin.ts';
import { memberAt } from '../../../../src/lib/json.ts';
import type { JsonObject } from '../../../../src/lib/json.ts';
import { dressed, jobOf, podOf, taskOf } from './dressed.ts';

const TASKS = [taskOf('ps', 1), taskOf('big-worker', 2)];
const PODS = { 'volcano.sh/job-name': 'train', 'volcano.sh/job-namespace': 'team' };

function objects(plugins: JsonObject, tasks: readonly JsonObject[] = TASKS): readonly PluginObject[] {
  return pluginsOf(jobOf({ plugins, tasks })).bound.flatMap((plugin) => plugin.objects());
}

function hostLists(tasks: readonly JsonObject[]): unknown {
  return objects({ svc: [] }, tasks).find(({ type }) => type === CONFIG_MAPS)?.body['data'];
}

describe('plugin svc', () => {
  it('makes host lists, a headless Service and a policy of the network', () => {
    const podSelector = { matchLabels: PODS };
    expect(objects({ svc: [] })).to.deep.equal([
      { type: CONFIG_MAPS, name: 'train-svc', followsHosts: true, body: { data: hostLists(TASKS) } },
      {
        type: SERVICES,
        name: 'train',
        body: {
          spec: {
            clusterIP: 'None',
            selector: PODS,
            publishNotReadyAddresses: false,
            ports: [{ name: 'placeholder-volcano', port: 1, protocol: 'TCP', targetPort: 1 }],
          },
        },
      },
      {
        type: NETWORK_POLICIES,
        name: 'train',
        body: { spec: { podSelector, ingress: [{ from: [{ podSelector }] }], policyTypes: ['Ingress'] } },
      },
    ]);
  });

  it('publishes pods that are not ready where it is told to', () => {
    const [, service] = objects({ svc: ['--publish-not-ready-addresses=true'] });
    expect(memberAt(service?.body, 'spec', 'publishNotReadyAddresses')).to.equal(true);
  });

  it('makes no policy where it is told not to', () => {
    const types = objects({ svc: ['--disable-network-policy'] }).map(({ type }) => type);
    expect(types).to.deep.equal([CONFIG_MAPS, SERVICES]);
  });

  const lists: readonly (readonly [name: string, tasks: readonly JsonObject[], want: JsonObject])[] = [
    [
      'each task has a file and two variables',
      TASKS,
      {
        'ps.host': 'train-ps-0.train',
        VC_PS_HOSTS: 'train-ps-0.train',
        VC_PS_NUM: '1',
        'big_worker.host': 'train-big-worker-0.train\ntrain-big-worker-1.train',
        VC_BIG_WORKER_HOSTS: 'train-big-worker-0.train,train-big-worker-1.train',
        VC_BIG_WORKER_NUM: '2',
      },
    ],
    [
      'they follow the number of pods',
      [taskOf('ps', 3)],
      {
        'ps.host': 'train-ps-0.train\ntrain-ps-1.train\ntrain-ps-2.train',
        VC_PS_HOSTS: 'train-ps-0.train,train-ps-1.train,train-ps-2.train',
        VC_PS_NUM: '3',
      },
    ],
    ['a task without pods has empty lists', [taskOf('ps', 0)], { 'ps.host': '', VC_PS_HOSTS: '', VC_PS_NUM: '0' }],
    [
      'a hostname of the template is one host',
      [taskOf('ps', 2, { hostname: 'boss', subdomain: 'here' })],
      { 'ps.host': 'boss.here', VC_PS_HOSTS: 'boss.here', VC_PS_NUM: '1' },
    ],
  ];
  for (const [name, tasks, want] of lists) {
    it(`host lists: ${name}`, () => expect(hostLists(tasks)).to.deep.equal(want));
  }

  const volume = { name: 'train-svc', configMap: { name: 'train-svc' } };
  const mount = { name: 'train-svc', mountPath: '/etc/volcano' };
  const env = ['VC_PS_HOSTS', 'VC_PS_NUM', 'VC_BIG_WORKER_HOSTS', 'VC_BIG_WORKER_NUM'].map((key) => {
    return { name: key, valueFrom: { configMapKeyRef: { name: 'train-svc', key } } };
  });

  it('names the pod, mounts the lists and tells them', () => {
    expect(dressed(jobOf({ plugins: { svc: [] }, tasks: TASKS }), 'ps', 0)).to.deep.equal(
      podOf('ps', 0, {
        containers: [{ name: 'main', image: 'i', env, volumeMounts: [mount] }],
        initContainers: [{ name: 'first', image: 'i', env, volumeMounts: [mount] }],
        hostname: 'train-ps-0',
        subdomain: 'train',
        volumes: [volume],
      }),
    );
  });

  it('tells them by files only where it is told to', () => {
    const pod = dressed(jobOf({ plugins: { svc: ['--inject-hosts-env=false'] } }), 'worker', 0);
    expect(memberAt(pod, 'spec', 'containers')).to.deep.equal([{ name: 'main', image: 'i', volumeMounts: [mount] }]);
  });

  it('leaves names, volumes and mounts of the template', () => {
    const own = {
      hostname: 'boss',
      subdomain: 'here',
      volumes: [{ name: 'train-svc', emptyDir: {} }],
      containers: [{ name: 'main', volumeMounts: [{ name: 'other', mountPath: '/etc/volcano' }] }],
    };
    const pod = dressed(jobOf({ plugins: { svc: ['--inject-hosts-env=false'] } }), 'worker', 0, own);
    expect(pod['spec']).to.deep.include(own);
  });
});

import { expect } from 'chai';
import { SECRETS } from '../../../../src/api/resources.ts';
import type { PluginObject } from '../../../../src/controllers/vcjob/plugins/plugin.ts';
import { pluginsOf } from '../../../../src/controllers/vcjob/plugins/table.ts';
import { memberAt } from '../../../../src/lib/json.ts';
import type { JsonObject } from '../../../../src/lib/json.ts';
import { dressed, jobOf, podOf, taskOf } from './dressed.ts';

const TASKS = [taskOf('master', 1), taskOf('worker', 2)];
const HEAD = 'StrictHostKeyChecking no\nUserKnownHostsFile /dev/null\n';

function secretOf(args: readonly string[], tasks: readonly JsonObject[] = TASKS): PluginObject | undefined {
  return pluginsOf(jobOf({ plugins: { ssh: args }, tasks })).bound[0]?.objects()[0];
}

function configOf(args: readonly string[], tasks?: readonly JsonObject[]): unknown {
  return memberAt(secretOf(args, tasks)?.body, 'stringData', 'config');
}

describe('plugin ssh', () => {
  const config = [
    'Host train-master-0\n  HostName train-master-0.train\n',
    'Host train-worker-0\n  HostName train-worker-0.train\n',
    'Host train-worker-1\n  HostName train-worker-1.train\n',
  ];

  it('makes a Secret with keys that are generated', () => {
    expect(secretOf([])).to.deep.equal({
      type: SECRETS,
      name: 'train-ssh',
      followsHosts: true,
      keyPair: { privateAt: 'id_rsa', publicAt: ['id_rsa.pub', 'authorized_keys'] },
      body: { stringData: { config: `${HEAD}${config.join('')}` } },
    });
  });

  it('takes keys that are given', () => {
    const secret = secretOf(['--ssh-private-key=mine', '--ssh-public-key=yours']);
    expect(secret?.keyPair).to.equal(undefined);
    expect(secret?.body['stringData']).to.include({
      id_rsa: 'mine',
      'id_rsa.pub': 'yours',
      authorized_keys: 'yours',
    });
  });

  it('knows the hosts that there are by now', () => {
    expect(configOf([], [taskOf('worker', 1)])).to.equal(`${HEAD}${config[1]}`);
    expect(configOf([], [taskOf('worker', 2)])).to.equal(`${HEAD}${config[1]}${config[2]}`);
  });

  it('knows a host that the template names, once', () => {
    const want = `${HEAD}Host boss\n  HostName boss.here\n`;
    expect(configOf([], [taskOf('worker', 2, { hostname: 'boss', subdomain: 'here' })])).to.equal(want);
  });

  it('names a port that is another', () => {
    const want = `${HEAD}Host train-worker-0\n  HostName train-worker-0.train\n  Port 2222\n`;
    expect(configOf(['--ssh-port=2222'], [taskOf('worker', 1)])).to.equal(want);
  });

  const items = ['id_rsa', 'id_rsa.pub', 'authorized_keys', 'config'].map((key) => ({ key, path: `.ssh/${key}` }));
  const volume = { name: 'train-ssh', secret: { secretName: 'train-ssh', items, defaultMode: 0o600 } };
  for (const [args, mountPath] of [
    [[], '/root/.ssh'],
    [['--ssh-key-file-path=/home/me/.ssh'], '/home/me/.ssh'],
  ] as const) {
    it(`mounts it at ${mountPath} in each container, for its owner only`, () => {
      const volumeMounts = [{ name: 'train-ssh', mountPath, subPath: '.ssh' }];
      expect(dressed(jobOf({ plugins: { ssh: args } }), 'worker', 0)).to.deep.equal(
        podOf('worker', 0, {
          volumes: [volume],
          containers: [{ name: 'main', image: 'i', volumeMounts }],
          initContainers: [{ name: 'first', image: 'i', volumeMounts }],
        }),
      );
    });
  }
});

import { expect } from 'chai';
import { readPlugins } from '../../../src/api/vcjob-plugins/read-plugins.ts';
import type { JsonObject } from '../../../src/lib/json.ts';

const TASKS = [
  { name: 'master', replicas: 1, template: { spec: { containers: [{ name: 'main' }] } } },
  { name: 'worker', replicas: 2, template: { spec: { containers: [{ name: 'worker' }] } } },
];

type Case = readonly [
  name: string,
  plugins: JsonObject,
  want: readonly (readonly [path: string, says: string, isHarmless: boolean])[],
  job?: { readonly name?: string; readonly tasks?: readonly JsonObject[] },
];

describe('the plugins of a job', () => {
  const cases: readonly Case[] = [
    ['are fine with their defaults', { env: [], svc: [], ssh: [], mpi: [], pytorch: [], hcclrank: [] }, []],
    ['may be none', {}, []],
    ['are known', { magic: [] }, [['spec.plugins[magic]', 'unable to find job plugin: magic', false]]],
    [
      'have arguments that are known, or are told',
      { svc: ['--publish-not-ready-addresses', '--loud'] },
      [['spec.plugins[svc][1]', 'flag provided but not defined: -loud; these exist: --publish-not-ready', true]],
    ],
    ['may take none', { env: ['--a'] }, [['spec.plugins[env][0]', 'the plugin takes none', true]]],
    ['have ports that can be', { pytorch: ['--port=x'] }, [['spec.plugins[pytorch][0]', 'invalid value "x"', false]]],
    [
      'mount keys where something can be mounted',
      { ssh: ['--ssh-key-file-path=a:b'] },
      [['spec.plugins[ssh][0]', 'invalid value "a:b"', false]],
    ],
    ['let pods in by a public key', { ssh: ['--ssh-private-key=a'] }, [['spec.plugins[ssh]', 'let nobody in', true]]],
    ['take no public key alone', { ssh: ['--ssh-public-key=a'] }, [['spec.plugins[ssh]', 'a pair is made', true]]],
    ['take a pair of keys', { ssh: ['--ssh-private-key=a', '--ssh-public-key=b'] }, []],
    [
      'need the tasks that mpi starts from and on',
      { mpi: ['--master=a', '--worker=b'] },
      [
        ['spec.plugins[mpi]', 'The specified mpi master task was not found', false],
        ['spec.plugins[mpi]', 'the workers', true],
      ],
    ],
    [
      'do nothing for ray without a head',
      { ray: [] },
      [['spec.plugins[ray]', 'no task has the name of the head', true]],
    ],
    [
      'add nothing without the master of pytorch',
      { pytorch: ['--master=a'] },
      [['spec.plugins[pytorch]', 'nothing', true]],
    ],
    ['know one role of tensorflow', { tensorflow: [] }, []],
    ...(
      [
        ['tensorflow', '--ps=a'],
        ['pytorch', '--worker=a'],
        ['ray', '--worker=a', '--head=master', '--headContainer=main'],
        ['hcclrank', '--master=a'],
      ] as const
    ).map(([plugin, ...args]): Case => {
      const role = args[0].split('=')[0] ?? '';
      const tells = `no task has this name: ${role} is of no use`;
      return [
        `tell who names a task by ${role} of ${plugin} that none is`,
        { [plugin]: args },
        [[`spec.plugins[${plugin}]`, tells, true]],
      ];
    }),
    [
      'start one master of pytorch',
      { pytorch: ['--master=worker', '--worker=master'] },
      [['spec.plugins[pytorch]', 'has 2 pods, and each is told that its RANK is 0', true]],
    ],
    ['start ray in containers that they are told', { ray: ['--head=master', '--headContainer=main'] }, []],
    [
      'tell that ray is started in no container',
      { ray: ['--head=master', '--workerContainer=main'] },
      [
        ['spec.plugins[ray]', 'no container of task master has this name', true],
        ['spec.plugins[ray]', 'no container of task worker has this name', true],
      ],
    ],
    [
      'give each part of ray a port of its own',
      { ray: ['--head=master', '--headContainer=main', '--clientPort=6379'] },
      [['spec.plugins[ray]', '--port, --dashboardPort and --clientPort need to be different', false]],
    ],
    [
      'tell that no task has a role of tensorflow',
      { tensorflow: ['--worker=a'] },
      [
        ['spec.plugins[tensorflow]', 'TF_CONFIG is empty', true],
        ['spec.plugins[tensorflow]', 'no task has this name: --worker is of no use', true],
      ],
    ],
    ['name a Service after the job', { svc: [] }, [['metadata.name', 'DNS label', false]], { name: 'a.b' }],
    ['name a volume after the job', { ssh: [] }, [['metadata.name', '59 characters', false]], { name: 'a'.repeat(60) }],
    ['do not mind the name without them', { env: [] }, [], { name: 'a.b' }],
    ['do not know a name that comes later', { svc: [] }, [], { name: '' }],
    [
      'name hosts after pods',
      { svc: [] },
      [['spec.tasks[0].name', 'more than 63 characters', false]],
      { name: 'a'.repeat(40), tasks: [{ name: 'b'.repeat(20), replicas: 11 }] },
    ],
    [
      'leave hosts that are named',
      { svc: [] },
      [],
      { name: 'a'.repeat(40), tasks: [{ name: 'b'.repeat(20), replicas: 11, template: { spec: { hostname: 'c' } } }] },
    ],
  ];
  for (const [name, plugins, want, { name: job = 'train', tasks = TASKS } = {}] of cases) {
    it(name, () => {
      const { problems } = readPlugins({ name: job, spec: { plugins, tasks } });
      expect(problems.map(({ error, isHarmless }) => [error.path, isHarmless])).to.deep.equal(
        want.map(([path, , isHarmless]) => [path, isHarmless]),
      );
      for (const [at, [, says]] of want.entries()) expect(problems[at]?.error.message).to.include(says);
    });
  }

  for (const plugins of [undefined, null, 'a', [], { svc: null }, { svc: 'a' }, { svc: [1, null] }] as const) {
    it(`of any shape are read: ${JSON.stringify(plugins)}`, () => {
      expect(readPlugins({ name: 'train', spec: { plugins } })).to.have.keys('plugins', 'problems');
    });
  }
});

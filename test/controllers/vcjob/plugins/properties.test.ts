import { expect } from 'chai';
import fc from 'fast-check';
import { PLUGIN_NAMES } from '../../../../src/api/vcjob-plugins/plugin-flags.ts';
import { dressPod, pluginsOf } from '../../../../src/controllers/vcjob/plugins/table.ts';
import { arrayAt, objectAt } from '../../../../src/lib/json.ts';
import type { JsonObject } from '../../../../src/lib/json.ts';
import { jobOf, podOf, taskOf } from './dressed.ts';

const TASKS = ['master', 'worker', 'head', 'ps'];

const env = fc.array(
  fc.record({ name: fc.constantFrom('RANK', 'MPI_HOST', 'VC_TASK_INDEX', 'MINE'), value: fc.string({ maxLength: 3 }) }),
  { maxLength: 3 },
);
const ports = fc.uniqueArray(fc.record({ containerPort: fc.constantFrom(22, 23_456, 6379, 80) }), {
  selector: ({ containerPort }) => containerPort,
});
const volumeMounts = fc.subarray([
  { name: 'v', mountPath: '/etc/volcano' },
  { name: 'v', mountPath: '/root/.ssh' },
  { name: 'v', mountPath: '/data' },
]);
const container = fc.record({ name: fc.constantFrom('head', 'worker', 'main'), env, ports, volumeMounts });
const spec = fc.record({
  containers: fc.array(container, { minLength: 1, maxLength: 3 }),
  initContainers: fc.array(container, { maxLength: 2 }),
  volumes: fc.subarray([{ name: 'train-svc' }, { name: 'train-ssh' }, { name: 'v' }]),
});
const args = fc.constantFrom<readonly string[]>([], ['--port=80'], ['--wait-master-enabled'], ['--none']);
const plugins = fc.uniqueArray(fc.tuple(fc.constantFrom(...PLUGIN_NAMES), args), { selector: ([name]) => name });
const replicas = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 4, maxLength: 4 });
const pods = fc.record({ spec, plugins, replicas, task: fc.constantFrom(...TASKS), index: fc.nat(3) });

type Pod = typeof pods extends fc.Arbitrary<infer P> ? P : never;

type Plugins = readonly (readonly [string, readonly string[]])[];

function dress(
  { plugins: given, replicas: counts, task, index }: Omit<Pod, 'plugins'> & { readonly plugins: Plugins },
  pod: JsonObject,
): JsonObject {
  const tasks = TASKS.map((name, at) => taskOf(name, counts[at] ?? 0));
  return dressPod(pod, { task, index }, pluginsOf(jobOf({ plugins: Object.fromEntries(given), tasks })));
}

describe('plugins of a job, whatever pod and arguments', () => {
  it('add nothing a second time, but for a container that is theirs', () => {
    fc.assert(
      fc.property(pods, (drawn) => {
        const waitless = drawn.plugins.map(([name, list]) => [name, name === 'pytorch' ? [] : list] as const);
        const given = { ...drawn, plugins: waitless };
        const once = dress(given, podOf(given.task, given.index, given.spec));
        expect(dress(given, once)).to.deep.equal(once);
      }),
    );
  });

  it('come to the same in whatever order the job names them', () => {
    fc.assert(
      fc.property(pods, (given) => {
        const pod = podOf(given.task, given.index, given.spec);
        expect(dress({ ...given, plugins: given.plugins.toReversed() }, pod)).to.deep.equal(dress(given, pod));
      }),
    );
  });

  it('leave what the template says, in its place', () => {
    fc.assert(
      fc.property(pods, (given) => {
        const pod = podOf(given.task, given.index, given.spec);
        const before = JSON.stringify(pod);
        const after = dress(given, pod);
        expect(JSON.stringify(pod), 'the pod of the template was changed').to.equal(before);
        keeps(objectAt(after, 'spec'), objectAt(pod, 'spec'), ['volumes']);
        for (const list of ['containers', 'initContainers']) {
          for (const [at, one] of arrayAt(pod, 'spec', list).entries()) {
            keeps(arrayAt(after, 'spec', list)[at], one, ['env', 'ports', 'volumeMounts']);
          }
        }
      }),
    );
  });

  it('give no container two ports of one number, or two mounts at one path, and no pod two volumes of a name', () => {
    fc.assert(
      fc.property(pods, (given) => {
        const after = dress(given, podOf(given.task, given.index, given.spec));
        isUnique(arrayAt(after, 'spec', 'volumes'), 'name');
        for (const one of [...arrayAt(after, 'spec', 'containers'), ...arrayAt(after, 'spec', 'initContainers')]) {
          isUnique(arrayAt(one, 'ports'), 'containerPort');
          isUnique(arrayAt(one, 'volumeMounts'), 'mountPath');
        }
      }),
    );
  });
});

function keeps(after: unknown, before: unknown, lists: readonly string[]): void {
  for (const list of lists) {
    const had = arrayAt(before, list);
    expect(arrayAt(after, list).slice(0, had.length)).to.deep.equal(had);
  }
}

function isUnique(list: readonly unknown[], key: string): void {
  const values = list.map((one) => objectAt({ one }, 'one')[key]);
  expect(new Set(values).size).to.equal(values.length);
}

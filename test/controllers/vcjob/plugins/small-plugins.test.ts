import { expect } from 'chai';
import { memberAt } from '../../../../src/lib/json.ts';
import type { JsonObject } from '../../../../src/lib/json.ts';
import { dressed, jobOf, podOf, taskOf } from './dressed.ts';

describe('plugin env', () => {
  const told = [
    { name: 'VK_TASK_INDEX', value: '1' },
    { name: 'VC_TASK_INDEX', value: '1' },
  ];
  const job = jobOf({ plugins: { env: [] } });

  it('tells each container the place of its pod', () => {
    expect(dressed(job, 'worker', 1)).to.deep.equal(
      podOf('worker', 1, {
        containers: [{ name: 'main', image: 'i', env: told }],
        initContainers: [{ name: 'first', image: 'i', env: told }],
      }),
    );
  });

  it('leaves variables of the template, and comes after them', () => {
    const env = [{ name: 'VC_TASK_INDEX', value: '7' }];
    const { spec } = dressed(job, 'worker', 1, { containers: [{ name: 'main', env }] });
    expect(memberAt(spec, 'containers')).to.deep.equal([{ name: 'main', env: [...env, ...told] }]);
  });

  it('adds no list of init containers to a pod that has none', () => {
    const pod = dressed(job, 'worker', 1, { initContainers: [] });
    expect(memberAt(pod, 'spec', 'initContainers')).to.deep.equal([]);
  });
});

describe('plugin hcclrank', () => {
  const tasks = [taskOf('master', 2), taskOf('worker', 3), taskOf('other', 1)];
  const cases: readonly (readonly [
    name: string,
    plugins: JsonObject,
    task: string,
    index: number,
    want: string | undefined,
    spec?: JsonObject,
  ])[] = [
    ['masters come first', { hcclrank: [] }, 'master', 1, '1'],
    ['workers come after them', { hcclrank: [] }, 'worker', 2, '4'],
    ['other tasks have no rank', { hcclrank: [] }, 'other', 0, undefined],
    ['names of tasks are arguments', { hcclrank: ['--master=other', '--worker=worker'] }, 'worker', 0, '1'],
    ['the RANK of pytorch counts, whatever the order', { hcclrank: [], pytorch: [] }, 'worker', 2, '3'],
    [
      'a RANK of the template counts',
      { hcclrank: [] },
      'worker',
      2,
      '9',
      { containers: [{ name: 'main', env: [{ name: 'RANK', value: '9' }] }] },
    ],
  ];
  for (const [name, plugins, task, index, want, spec] of cases) {
    it(name, () => {
      const pod = dressed(jobOf({ plugins, tasks }), task, index, spec);
      expect(memberAt(pod, 'metadata', 'annotations', 'hccl/rankIndex')).to.equal(want);
    });
  }
});

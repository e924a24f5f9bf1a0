import { expect } from 'chai';
import { memberAt } from '../../../src/lib/json.ts';
import type { JsonObject, JsonValue } from '../../../src/lib/json.ts';
import { mutateVcjob } from '../../../webhooks/vcjobs/mutate.ts';
import { fixedFieldErrors } from '../../../webhooks/vcjobs/update.ts';
import { created, patched, request, summary, view } from '../fixture.ts';
import { container, task, template, vcjob } from './vcjob-fixture.ts';

describe('a Job of Volcano is filled in', () => {
  const NET = { hostNetwork: true, containers: [container()] };
  const cases: readonly (readonly [
    name: string,
    spec: JsonObject,
    path: readonly string[],
    want: JsonValue | undefined,
  ])[] = [
    ['the queue is the default one', {}, ['queue'], 'default'],
    ['an empty queue counts as none', { queue: '' }, ['queue'], 'default'],
    ['the scheduler is Volcano’s', {}, ['schedulerName'], 'volcano'],
    ['a scheduler that is named stays', { schedulerName: 'sluice' }, ['schedulerName'], 'sluice'],
    ['three retries', {}, ['maxRetry'], 3],
    ['no retry counts as nothing said', { maxRetry: 0 }, ['maxRetry'], 3],
    ['a minimum of all pods', { tasks: [task(), task({ name: 'b', replicas: 3 })] }, ['minAvailable'], 5],
    [
      'a minimum of what the tasks need',
      { tasks: [task({ minAvailable: 1 }), task({ name: 'b', replicas: 3 })] },
      ['minAvailable'],
      4,
    ],
    ['a minimum that is said stays', { minAvailable: 1 }, ['minAvailable'], 1],
    ['svc for a framework', { plugins: { pytorch: [] } }, ['plugins'], { pytorch: [], svc: [] }],
    [
      'svc and ssh for MPI',
      { plugins: { mpi: ['--master=worker'] } },
      ['plugins'],
      { mpi: ['--master=worker'], svc: [], ssh: [] },
    ],
    ['arguments of svc stay', { plugins: { ray: [], svc: ['a'] } }, ['plugins'], { ray: [], svc: ['a'] }],
    ['no plugin for no framework', { plugins: { env: [] } }, ['plugins'], { env: [] }],
  ];
  for (const [name, spec, path, want] of cases) {
    it(name, () => {
      expect(memberAt(created(mutateVcjob, vcjob(spec)), 'spec', ...path)).to.deep.equal(want);
    });
  }

  const tasks: readonly (readonly [name: string, given: JsonObject, field: string, want: JsonValue])[] = [
    ['a name by its place', task({ name: '' }), 'name', 'default0'],
    ['a minimum of all its pods', task(), 'minAvailable', 2],
    ['a minimum of nothing stays', task({ minAvailable: 0 }), 'minAvailable', 0],
    [
      'a minimum of its least parts',
      task({ replicas: 6, partitionPolicy: { totalPartitions: 3, partitionSize: 2, minPartitions: 2 } }),
      'minAvailable',
      4,
    ],
    ['three restarts', task({ maxRetry: 0 }), 'maxRetry', 3],
    [
      'names of the cluster in the node’s network',
      task({ template: { spec: NET } }),
      'template',
      { spec: { ...NET, dnsPolicy: 'ClusterFirstWithHostNet' } },
    ],
    [
      'a DNS policy that is said stays',
      task({ template: template({ hostNetwork: true, dnsPolicy: 'Default' }) }),
      'template',
      template({ hostNetwork: true, dnsPolicy: 'Default' }),
    ],
  ];
  for (const [name, given, field, want] of tasks) {
    it(`each task: ${name}`, () => {
      const [first] = memberAt(
        created(mutateVcjob, vcjob({ tasks: [given] })),
        'spec',
        'tasks',
      ) as readonly JsonValue[];
      expect(memberAt(first, field)).to.deep.equal(want);
    });
  }

  it('from the default queue of its namespace', () => {
    const cluster = view({ defaults: { 'team-a': 'blue' } });
    expect(memberAt(created(mutateVcjob, vcjob(), cluster), 'spec', 'queue')).to.equal('blue');
  });

  it('once: a second time changes nothing', () => {
    const filled = created(mutateVcjob, vcjob({ plugins: { mpi: ['--master=worker'] } }));
    expect(summary(mutateVcjob(request({ object: filled }), view()))).to.equal('allow');
  });

  it('on an update nothing that was not there before', () => {
    const update = request({ operation: 'UPDATE', object: vcjob(), oldObject: vcjob() });
    expect(summary(mutateVcjob(update, view()))).to.equal('allow');
  });

  it('on an update by the manifest of before, with what was filled in then', () => {
    const manifest = (replicas: number): JsonObject =>
      vcjob({ tasks: [task({ name: '', replicas, template: { spec: NET } })], plugins: { mpi: ['--master=worker'] } });
    const old = created(mutateVcjob, manifest(2), view({ defaults: { 'team-a': 'blue' } }));
    const update = request({ operation: 'UPDATE', object: manifest(3), oldObject: old });
    const filled = patched(manifest(3), mutateVcjob(update, view()));
    expect(fixedFieldErrors(filled, old)).to.deep.equal([]);
    expect(memberAt(filled, 'spec', 'minAvailable')).to.equal(3);
    const again = request({ operation: 'UPDATE', object: filled, oldObject: old });
    expect(summary(mutateVcjob(again, view()))).to.equal('allow');
  });
});

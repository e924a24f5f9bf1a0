import { expect } from 'chai';
import { ACCELERATORS_ANNOTATION, INJECTED_BY_ANNOTATION } from '../../../src/api/keys.ts';
import { projectDataset } from '../../../src/api/projections/dataset.ts';
import { VCJOBS } from '../../../src/api/resources.ts';
import { arrayAt, memberAt, objectAt, stringAt } from '../../../src/lib/json.ts';
import type { JsonObject, JsonValue } from '../../../src/lib/json.ts';
import type { ClusterView } from '../../../webhooks/admission.ts';
import { compile } from '../../../webhooks/policies/policy-set.ts';
import { mutateVcjob } from '../../../webhooks/vcjobs/mutate.ts';
import { vcjobRights } from '../../../webhooks/vcjobs/rights.ts';
import { fixedFieldErrors } from '../../../webhooks/vcjobs/update.ts';
import { policy } from '../../support/policies.ts';
import { inventory, nvidia } from '../accelerators/nodes.ts';
import { patched, request, summary, view } from '../fixture.ts';
import { task, template, vcjob } from './vcjob-fixture.ts';

const REQUEST = { group: VCJOBS.group, resource: VCJOBS.plural } as const;
const NODES = inventory(nvidia('NVIDIA-H100-80GB-HBM3', 81_559));
const DATA = projectDataset({
  metadata: { name: 'images', namespace: 'team-a', uid: 'd' },
  spec: {},
  status: {},
});

function under(specs: Readonly<Record<string, JsonObject>>, over: Parameters<typeof view>[0] = {}): ClusterView {
  return view({
    devices: NODES,
    datasets: DATA === undefined ? [] : [DATA],
    queues: { default: {}, blue: {}, gold: {} },
    policies: compile(Object.entries(specs).map(([id, spec]) => policy(id, spec))),
    ...over,
  });
}

function made(object: JsonObject, cluster: ClusterView): JsonObject {
  return patched(object, mutateVcjob(request({ ...REQUEST, object }), cluster));
}

const GPUS = { gpus: { set: { accelerators: '2 x gpu' } } };
const NEAR = { near: { set: { dataLocality: 'images' } } };
const TOLERANT = {
  tolerant: {
    set: {
      tolerations: { ensure: [{ key: 'team', operator: 'Exists', effect: 'NoSchedule' }] },
      labels: { values: { cost: 'a' } },
      priorityClass: { name: 'high' },
      nodeRequirements: { all: [{ key: 'pool', operator: 'In', values: ['batch'] }] },
    },
  },
};

const templateOf = (job: JsonObject, index = 0): JsonValue | undefined =>
  memberAt(arrayAt(job, 'spec', 'tasks')[index], 'template');

const gpusOf = (job: JsonObject): readonly string[] =>
  arrayAt(job, 'spec', 'tasks').map((_, index) =>
    stringAt(arrayAt(templateOf(job, index), 'spec', 'containers')[0], ['resources', 'limits', 'nvidia.com/gpu']),
  );

describe('policies for Jobs of Volcano', () => {
  it('give devices to each task that wishes for none', () => {
    const wishing = template({}, { annotations: { [ACCELERATORS_ANNOTATION]: '4 x gpu' } });
    const job = made(vcjob({ tasks: [task(), task({ name: 'b', template: wishing })] }), under(GPUS));
    expect(gpusOf(job)).to.deep.equal(['2', '4']);
  });

  it('say which datasets its pods read', () => {
    const job = made(vcjob(), under(NEAR));
    expect(stringAt(templateOf(job), ['metadata', 'annotations', 'sluice.dev/datasets'])).to.equal('images');
    expect(stringAt(templateOf(job), ['metadata', 'annotations', 'sluice.dev/datasets-applied'])).to.equal('images');
  });

  it('give it tolerations, labels, requirements, and its class to the job as well', () => {
    const job = made(vcjob(), under(TOLERANT));
    const spec = objectAt(templateOf(job), 'spec');
    expect(arrayAt(spec, 'tolerations').map((one) => stringAt(one, ['key']))).to.deep.equal(['team']);
    expect(stringAt(templateOf(job), ['metadata', 'labels', 'cost'])).to.equal('a');
    expect([stringAt(spec, ['priorityClassName']), stringAt(job, ['spec', 'priorityClassName'])]).to.deep.equal([
      'high',
      'high',
    ]);
    expect(stringAt(templateOf(job), ['metadata', 'annotations', INJECTED_BY_ANNOTATION])).to.equal('tolerant');
  });

  for (const [name, onConflict, spec, want] of [
    ['in the place of that of the namespace', 'IfAbsent', {}, 'blue'],
    ['but not in the place of one that is named', 'IfAbsent', { queue: 'gold' }, 'gold'],
    ['and where they override in the place of any', 'Override', { queue: 'gold' }, 'blue'],
  ] as const) {
    it(`choose its queue ${name}`, () => {
      const cluster = under({ blue: { set: { queue: { name: 'blue', onConflict } } } });
      expect(stringAt(made(vcjob(spec), cluster), ['spec', 'queue'])).to.equal(want);
    });
  }

  it('refuse it another queue where they reject', () => {
    const cluster = under({ blue: { set: { queue: { name: 'blue', onConflict: 'RejectOnConflict' } } } });
    const object = vcjob({ queue: 'gold' });
    expect(summary(mutateVcjob(request({ ...REQUEST, object }), cluster))).to.equal('403 PolicyConflict spec.queue');
  });

  it('ask nobody for the right to the queue that they choose, and for any other one', () => {
    const cluster = under(
      { blue: { set: { queue: { name: 'blue', onConflict: 'IfAbsent' } } } },
      { rights: { queues: 'enforce' } },
    );
    const asked = (queue: string): readonly string[] =>
      vcjobRights(request({ ...REQUEST, object: vcjob({ queue }) }), cluster).map(({ name }) => name);
    expect([asked('blue'), asked('gold')]).to.deep.equal([[], ['gold']]);
  });

  it('leave the minima to its tasks', () => {
    const job = made(vcjob(), under({ few: { set: { gang: { minMembers: 1 } } } }));
    expect(memberAt(job, 'spec', 'minAvailable')).to.equal(2);
  });

  for (const [name, specs] of Object.entries({ devices: GPUS, datasets: NEAR, 'what pods need': TOLERANT })) {
    const cluster = under(specs);

    it(`write ${name} once`, () => {
      const job = made(vcjob(), cluster);
      expect(made(job, cluster)).to.deep.equal(job);
    });

    it(`put ${name} back that a manifest leaves out which is applied again`, () => {
      const job = made(vcjob(), cluster);
      const again = vcjob();
      const about = request({ ...REQUEST, operation: 'UPDATE', object: again, oldObject: job });
      const kept = patched(again, mutateVcjob(about, under({})));
      expect(fixedFieldErrors(kept, job)).to.deep.equal([]);
    });
  }

  it('write nothing for another scheduler', () => {
    const job = made(vcjob({ schedulerName: 'other' }), under(GPUS));
    expect(gpusOf(job)).to.deep.equal(['']);
  });
});

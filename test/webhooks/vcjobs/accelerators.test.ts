import { expect } from 'chai';
import { ACCELERATORS_ANNOTATION } from '../../../src/api/keys.ts';
import { arrayAt, memberAt, objectAt, stringAt } from '../../../src/lib/json.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import { mutateVcjob } from '../../../webhooks/vcjobs/mutate.ts';
import { fixedFieldErrors } from '../../../webhooks/vcjobs/update.ts';
import { claimedInventory } from '../accelerators/claimed.ts';
import { inventory, nvidia } from '../accelerators/nodes.ts';
import { created, patched, request, summary, view } from '../fixture.ts';
import { task, template, vcjob } from './vcjob-fixture.ts';

const NODES = inventory(nvidia('NVIDIA-H100-80GB-HBM3', 81_559), nvidia('NVIDIA-A10', 23_028));
const CLUSTER = view({ devices: NODES });
const A10S = { driver: 'gpu.nvidia.com', count: 8, attributes: { type: 'gpu', productName: 'NVIDIA A10' } };
const CLAIMS = view({ devices: claimedInventory({ n1: [{ ...A10S, capacity: { memory: '23028Mi' } }] }) });

function wishing(wish: string, ...tasks: readonly JsonObject[]): JsonObject {
  const job = vcjob(tasks.length === 0 ? {} : { tasks: [...tasks] });
  return { ...job, metadata: { ...objectAt(job, 'metadata'), annotations: { [ACCELERATORS_ANNOTATION]: wish } } };
}

const wishingTask = (wish: string, name = 'worker'): JsonObject =>
  task({ name, template: template({}, { annotations: { [ACCELERATORS_ANNOTATION]: wish } }) });

/** GPUs that the first container of each task asks for. */
function gpus(job: JsonObject): readonly string[] {
  return arrayAt(job, 'spec', 'tasks').map((one) =>
    stringAt(arrayAt(one, 'template', 'spec', 'containers')[0], ['resources', 'limits', 'nvidia.com/gpu']),
  );
}

describe('wishes for devices on a Job of Volcano', () => {
  it('go into the template of each task', () => {
    const job = created(mutateVcjob, wishing('2 x gpu', task(), task({ name: 'b' })), CLUSTER);
    expect(gpus(job)).to.deep.equal(['2', '2']);
    const spec = memberAt(arrayAt(job, 'spec', 'tasks')[0], 'template', 'spec');
    expect(arrayAt(spec, 'tolerations').map((one) => stringAt(one, ['key']))).to.deep.equal(['nvidia.com/gpu']);
    expect(
      stringAt(arrayAt(job, 'spec', 'tasks')[1], ['template', 'metadata', 'annotations', ACCELERATORS_ANNOTATION]),
    ).to.equal('2 x gpu');
  });

  it('give way to those of a task', () => {
    expect(
      gpus(created(mutateVcjob, wishing('2 x gpu', wishingTask('4 x h100'), task({ name: 'b' })), CLUSTER)),
    ).to.deep.equal(['4', '2']);
  });

  it('may be those of a single task', () => {
    const job = vcjob({ tasks: [task({ name: 'a' }), wishingTask('gpu', 'b')] });
    expect(gpus(created(mutateVcjob, job, CLUSTER))).to.deep.equal(['', '1']);
  });

  it('come to claims where drivers tell devices in slices', () => {
    const job = created(mutateVcjob, wishing('2 x gpu'), CLAIMS);
    const [claim] = arrayAt(arrayAt(job, 'spec', 'tasks')[0], 'template', 'spec', 'resourceClaims');
    expect(stringAt(claim, ['resourceClaimTemplateName'])).to.match(/^sluice-/);
  });

  it('are applied once', () => {
    const job = created(mutateVcjob, wishing('2 x gpu', task(), task({ name: 'b' })), CLUSTER);
    expect(summary(mutateVcjob(request({ object: job }), CLUSTER))).to.equal('allow');
    expect(created(mutateVcjob, job, CLUSTER)).to.deep.equal(job);
  });

  const refused: readonly (readonly [name: string, job: JsonObject, want: RegExp])[] = [
    [
      'that no node has, once for all tasks',
      wishing('b200', task(), task({ name: 'b' })),
      /^422 AcceleratorsRefused metadata.annotations\[sluice.dev\/accelerators\]$/,
    ],
    [
      'that cannot be read, at their task',
      vcjob({ tasks: [task({ name: 'a' }), wishingTask('2 y gpu', 'b')] }),
      /spec.tasks\[1\].template.metadata.annotations/,
    ],
  ];
  for (const [name, job, want] of refused) {
    it(`are refused ${name}`, () => expect(summary(mutateVcjob(request({ object: job }), CLUSTER))).to.match(want));
  }

  it('are left alone with another scheduler', () => {
    const job = wishing('2 x gpu');
    const spec = { ...objectAt(job, 'spec'), schedulerName: 'yunikorn' };
    expect(gpus(created(mutateVcjob, { ...job, spec }, CLUSTER))).to.deep.equal(['']);
  });

  it('stay applied when the first manifest is applied again', () => {
    const first = wishing('2 x gpu', task(), task({ name: 'b', replicas: 1 }));
    const old = created(mutateVcjob, first, CLUSTER);
    const more = wishing('2 x gpu', task({ replicas: 5 }), task({ name: 'b', replicas: 1 }));
    const verdict = mutateVcjob(request({ operation: 'UPDATE', object: more, oldObject: old }), view());
    const again = patched(more, verdict);
    expect(gpus(again)).to.deep.equal(['2', '2']);
    expect(fixedFieldErrors(again, old)).to.deep.equal([]);
  });

  it('for one domain of links for the group become the network topology of the job', () => {
    const tiers = new Map([['nvlink', 2]]);
    const cluster = view({ devices: { ...NODES, tiers } });
    const wish = '4 x h100, one NVLink domain for the group';
    const topology = { mode: 'hard', highestTierName: 'nvlink' };
    const job = created(mutateVcjob, wishing(wish), cluster);
    expect(memberAt(job, 'spec', 'networkTopology')).to.deep.equal(topology);
    const other = wishing(wish);
    const spec = { ...objectAt(other, 'spec'), networkTopology: { mode: 'hard', highestTierName: 'rack' } };
    expect(summary(mutateVcjob(request({ object: { ...other, spec } }), cluster))).to.equal(
      '422 AcceleratorsRefused spec.networkTopology',
    );
    const verdict = mutateVcjob(request({ operation: 'UPDATE', object: wishing(wish), oldObject: job }), view());
    expect(memberAt(patched(wishing(wish), verdict), 'spec', 'networkTopology')).to.deep.equal(topology);
  });
});

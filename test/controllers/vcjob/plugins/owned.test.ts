import { expect } from 'chai';
import { projectVcjob } from '../../../../src/api/projections/vcjob.ts';
import type { VcjobRecord } from '../../../../src/api/records/vcjob-record.ts';
import { CONFIG_MAPS, NETWORK_POLICIES, SECRETS, SERVICES } from '../../../../src/api/resources.ts';
import { dropPluginObjects, keepPluginObjects } from '../../../../src/controllers/vcjob/plugins/owned.ts';
import type { PluginWork } from '../../../../src/controllers/vcjob/plugins/owned.ts';
import { pluginProblemEvents } from '../../../../src/controllers/vcjob/plugins/problem-events.ts';
import { PLUGIN_ACCESS, pluginsOf } from '../../../../src/controllers/vcjob/plugins/table.ts';
import type { JsonObject } from '../../../../src/lib/json.ts';
import { withoutAmbient } from '../../../support/pure.ts';
import { taskOf } from './dressed.ts';

function record(plugins: JsonObject, controlledResources: JsonObject = {}, generation = 1): VcjobRecord {
  const found = projectVcjob({
    metadata: { namespace: 'team', name: 'train', uid: 'uid-of-train', resourceVersion: '1', generation },
    spec: { plugins, tasks: [taskOf('worker', generation)] },
    status: { controlledResources },
  });
  if (found === undefined) throw new Error('a job that cannot be read');
  return found;
}

function keep(job: VcjobRecord): PluginWork {
  return withoutAmbient(() => keepPluginObjects(job, pluginsOf(job)));
}

function drop(job: VcjobRecord): PluginWork {
  return withoutAmbient(() => dropPluginObjects(job, pluginsOf(job)));
}

function written({ effects }: PluginWork): readonly string[] {
  return effects.map((effect) =>
    'name' in effect ? `${effect.kind} ${effect.type.kind} ${effect.name}` : effect.kind,
  );
}

/** The job once the patch of its memory was taken. */
function after(job: VcjobRecord, { resources }: PluginWork): VcjobRecord {
  const merged = Object.entries({ ...job.status.controlledResources, ...resources });
  return {
    ...job,
    status: { controlledResources: Object.fromEntries(merged.flatMap(([k, v]) => (v === null ? [] : [[k, v]]))) },
  };
}

describe('what a job owns because of its plugins', () => {
  const ALL = { env: [], svc: [], ssh: [], ray: ['--head=worker'] };

  it('is made once, and remembered', () => {
    const job = record(ALL);
    const first = keep(job);
    expect(written(first)).to.deep.equal([
      'keepOwned ConfigMap train-svc',
      'keepOwned Service train',
      'keepOwned NetworkPolicy train',
      'keepOwned Secret train-ssh',
      'keepOwned Service train-head-svc',
    ]);
    expect(first.resources).to.deep.equal({
      'plugin-env': 'env',
      'plugin-svc': 'svc',
      'plugin-ssh': 'ssh',
      'plugin-ray': 'ray',
      hosts: '1',
    });
    expect(keep(after(job, first))).to.deep.equal({ effects: [], resources: {} });
  });

  it('is nothing where plugins make nothing', () => {
    const work = keep(record({ env: [], mpi: [] }));
    expect(work).to.deep.equal({ effects: [], resources: { 'plugin-env': 'env', 'plugin-mpi': 'mpi' } });
    expect(keep(record({}))).to.deep.equal({ effects: [], resources: {} });
  });

  it('tells of the hosts that there are, after each change of the job', () => {
    const before = record(ALL);
    const scaled = { ...record(ALL, {}, 3), status: after(before, keep(before)).status };
    const work = keep(scaled);
    expect(written(work)).to.deep.equal(['keepOwned ConfigMap train-svc', 'keepOwned Secret train-ssh']);
    expect(work.resources).to.deep.equal({ hosts: '3' });
    expect(work.effects[0]).to.deep.nested.include({ 'body.data.VC_WORKER_NUM': '3', update: ['data'] });
    expect(keep(after(scaled, work))).to.deep.equal({ effects: [], resources: {} });
  });

  it('names what is made anew after a part was not', () => {
    const work = keep(record({ svc: [], ssh: [] }, { 'plugin-svc': 'svc', hosts: '1' }));
    expect(written(work)).to.deep.equal(['keepOwned Secret train-ssh']);
  });

  it('goes, and is forgotten', () => {
    const job = record(ALL);
    const made = after(job, keep(job));
    const work = drop(made);
    expect(written(work)).to.deep.equal(written(keep(job)).map((one) => one.replace('keep', 'drop')));
    expect(after(made, work).status.controlledResources).to.deep.equal({});
    expect(drop(after(made, work))).to.deep.equal({ effects: [], resources: {} });
    expect(keep(after(made, work))).to.deep.equal(keep(job));
  });

  it('leaves what others remember', () => {
    const job = record({ env: [] }, { 'plugin-env': 'env', 'volume-pvc-a': 'a' });
    expect(drop(job).resources).to.deep.equal({ 'plugin-env': null });
  });

  it('takes the rights that it needs, and no list of Secrets', () => {
    const rights = PLUGIN_ACCESS.map(({ type, verbs }) => [type, verbs.join(' ')]);
    expect(rights).to.deep.equal([
      [CONFIG_MAPS, 'get create patch delete'],
      [SERVICES, 'get create delete'],
      [NETWORK_POLICIES, 'get create delete'],
      [SECRETS, 'get create patch delete'],
      [SERVICES, 'get create delete'],
    ]);
  });
});

describe('what is wrong with plugins', () => {
  const regarding = { type: SERVICES, namespace: 'team', name: 'train', uid: 'uid-of-train' };
  const { problems } = pluginsOf(record({ magic: [], svc: ['--loud'] }));

  it('is told in an event each, in Volcano’s words where the job cannot run', () => {
    const events = pluginProblemEvents(problems, regarding, new Set());
    expect(
      events.map((event) => (event.kind === 'event' ? [event.reason, event.note.slice(0, 86)] : [])),
    ).to.deep.equal([
      ['PluginError', 'Execute plugin when job add failed, err: spec.plugins[magic]: "magic": unable to find '],
      ['PluginError', 'spec.plugins[svc][0]: "--loud": flag provided but not defined: -loud; these exist: --p'],
    ]);
  });

  it('is told once', () => {
    const told = new Set<string>();
    for (const event of pluginProblemEvents(problems, regarding, told)) {
      if (event.kind === 'event') told.add(`${event.reason} ${event.note}`);
    }
    expect(pluginProblemEvents(problems, regarding, told)).to.deep.equal([]);
  });
});

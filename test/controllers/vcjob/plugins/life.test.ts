import { expect } from 'chai';
import { arrayAt, memberAt } from '../../../../src/lib/json.ts';
import type { JsonObject } from '../../../../src/lib/json.ts';
import { JobModel, task } from '../job-model.ts';

const TASKS = { minAvailable: 2, tasks: [task('a', 2)] };

function running(plugins: JsonObject): JobModel {
  const model = new JobModel({ ...TASKS, plugins });
  model.run();
  return model;
}

function ownedWrites({ done }: JobModel): readonly string[] {
  return done
    .filter(({ verb }) => verb === 'keepOwned' || verb === 'dropOwned')
    .map(({ verb, kind, name }) => `${verb} ${kind} ${name}`);
}

describe('plugins in the life of a job', () => {
  const MADE = [
    'keepOwned configmaps job-svc',
    'keepOwned services job',
    'keepOwned networkpolicies job',
    'keepOwned secrets job-ssh',
  ];

  it('have what they need made before the first pod, once', () => {
    const model = running({ svc: [], ssh: [] });
    expect(model.phase).to.equal('Running');
    expect(ownedWrites(model)).to.deep.equal(MADE);
    const verbs = model.done.map(({ kind }) => kind);
    expect(verbs.indexOf('secrets')).to.be.below(verbs.indexOf('pods'));
    const volumes = arrayAt(model.pod('job-a-0'), 'spec', 'volumes');
    expect(volumes.map((one) => memberAt(one, 'name'))).to.deep.equal(['job-svc', 'job-ssh']);
  });

  it('lose it when the job has come to its end', () => {
    const model = running({ svc: [], ssh: [] });
    for (const pod of model.pods()) model.setPod(pod, 'Succeeded');
    model.converge();
    expect(model.phase).to.equal('Completed');
    expect(ownedWrites(model)).to.deep.equal([...MADE, ...MADE.map((one) => one.replace('keep', 'drop'))]);
    expect(model.job.status.controlledResources ?? {}).to.deep.equal({});
  });

  it('that nobody knows keep the job from its pods, and say so once', () => {
    const model = running({ magic: [] });
    model.converge();
    expect(model.pods()).to.deep.equal([]);
    expect(model.events.map(({ reason }) => reason)).to.deep.equal(['PluginError']);
    expect(model.events[0]?.note).to.include('Execute plugin when job add failed, err: spec.plugins[magic]');
    expect(model.job.status.state?.message).to.include('spec.plugins[magic]: "magic": unable to find job plugin');
  });

  it('that the API server does not take is told on the job, until it does', () => {
    const model = new JobModel({ plugins: { svc: [] }, tasks: [task('a', 1)] });
    model.objectsRefused = 'exceeded quota: q';
    const said = (): unknown => [model.job.status.state?.phase, model.job.status.state?.message];
    for (let i = 0; i < 4; i += 1) model.reconcile();
    expect(said()).to.deep.equal(['Pending', 'exceeded quota: q']);
    model.events.length = 0;
    model.reconcile();
    expect(said()).to.deep.equal(['Pending', 'exceeded quota: q']);
    model.objectsRefused = '';
    model.run();
    expect(said()).to.deep.equal(['Running', undefined]);
  });

  it('with an argument that nobody knows say so once, and the job runs', () => {
    const model = running({ env: ['--loud'] });
    expect(model.phase).to.equal('Running');
    expect(model.events.filter(({ reason }) => reason === 'PluginError')).to.have.length(1);
  });
});

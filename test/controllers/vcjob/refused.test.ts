import { expect } from 'chai';
import { VOLUME_CLAIMS } from '../../../src/api/resources.ts';
import { annotationsOf, JobModel, task } from './job-model.ts';

describe('a Job of Volcano whose objects nobody takes', () => {
  it('says on itself and on its group why the API server takes none of its pods, until it does', () => {
    const model = new JobModel({ minAvailable: 2, tasks: [task('a', 2)] });
    const said = (): unknown => [
      model.job.status.state?.phase,
      model.job.status.state?.message,
      annotationsOf(model.group())['sluice.dev/pods-refused'],
    ];
    model.podsRefused = 'exceeded quota: q';
    model.converge();
    model.setGroup('Inqueue');
    model.reconcile();
    expect(model.events).to.deep.equal([{ reason: 'FailedCreate', note: 'Error creating pods: exceeded quota: q' }]);
    model.reconcile();
    expect(said()).to.deep.equal(['Pending', 'exceeded quota: q', 'exceeded quota: q']);
    // Another process takes over, which was told nothing.
    model.events.length = 0;
    model.reconcile();
    expect(said()).to.deep.equal(['Pending', 'exceeded quota: q', 'exceeded quota: q']);
    model.podsRefused = '';
    model.run();
    expect(said()).to.deep.equal(['Running', undefined, undefined]);
  });

  it('says on itself and on its group why the API server takes no claim of it, until it does', () => {
    const volumes = [{ mountPath: '/a', volumeClaim: { accessModes: ['Sometimes'] } }];
    const model = new JobModel({ minAvailable: 2, volumes, tasks: [task('a', 2)] });
    const said = (): unknown => [
      model.job.status.state?.message,
      annotationsOf(model.group())['sluice.dev/pods-refused'],
      model.pods().length,
    ];
    model.claimsRefused = 'claim is invalid';
    for (let i = 0; i < 6; i += 1) model.reconcile();
    expect(said()).to.deep.equal(['claim is invalid', 'claim is invalid', 0]);
    model.events.length = 0;
    model.reconcile();
    expect(said()).to.deep.equal(['claim is invalid', 'claim is invalid', 0]);
    model.claimsRefused = '';
    model.run();
    expect(said()).to.deep.equal([undefined, undefined, 2]);
  });

  it('says on itself which claim people have to make', () => {
    const volumes = [{ mountPath: '/a', volumeClaimName: 'mine' }];
    const model = new JobModel({ minAvailable: 1, volumes, tasks: [task('a', 1)] });
    model.converge();
    const why = 'pvc mine is not found, the job will be in the Pending state until the PVC is created';
    expect([model.job.status.state?.message, model.group()]).to.deep.equal([why, undefined]);
    model.make(VOLUME_CLAIMS, 'mine');
    model.run();
    expect([model.job.status.state?.message, model.phase]).to.deep.equal([undefined, 'Running']);
  });
});

import { expect } from 'chai';
import { join } from 'node:path';
import { VCJOBS } from '../../src/api/resources.ts';
import { ROOT, runNode } from '../../tools/run-node.ts';
import type { Finished } from '../../tools/run-node.ts';
import { applied } from './support/manifest.ts';
import { Stage } from './support/stage.ts';

const TEAM = 'team-a';

describe("Volcano's command line on a real control plane", function () {
  this.timeout(120_000);
  let stage: Stage;

  before(async () => {
    stage = await Stage.start({ nodes: [{ count: 2, cpu: '4', memory: '8Gi', gpus: 0 }], kinds: [VCJOBS] });
    await applied(stage.plane, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: TEAM } });
    await stage.plane.kubectl(['wait', '--for=create', '-n', TEAM, 'serviceaccount/default', '--timeout=30s']);
  });

  after(() => stage?.stop());

  /** Runs a program of Volcano's; `vcctl job list` is the program and its arguments. */
  function run(line: string): Promise<Finished> {
    const [program = '', ...args] = line.split(' ');
    return runNode([join(ROOT, 'bin', `${program}.js`), ...args, '-k', stage.plane.kubeconfigPath]);
  }

  async function said(line: string): Promise<string> {
    const { code, stdout, stderr } = await run(line);
    expect(code, `${line}: ${stdout}${stderr}`).to.equal(0);
    return stdout;
  }

  async function phase(name: string, wanted: string): Promise<void> {
    const isThere = `--for=jsonpath={.status.state.phase}=${wanted}`;
    await stage.plane.kubectl(['wait', isThere, '-n', TEAM, `vcjob/${name}`, '--timeout=30s']);
  }

  it('runs, suspends, resumes and deletes a job', async () => {
    expect(await said(`vcctl job run -N train -n ${TEAM} -r 2 -m 2 -R cpu=1 -L cpu=1`)).to.equal(
      'run job train successfully\n',
    );
    await phase('train', 'Running');
    expect(await said(`vcctl job list -n ${TEAM}`)).to.match(
      /^Name {4}.*\ntrain {3}\d{4}-\d\d-\d\d {5}Running {5}Batch {7}2 {11}2 {5}0 {9}2 /,
    );
    expect(await said(`vcctl pod list -n ${TEAM} -j train`)).to.match(/train-default0-0 .*1\/1 .*Running/);
    await said(`vcctl job suspend -N train -n ${TEAM}`);
    await phase('train', 'Aborted');
    await said(`vresume -n train -N ${TEAM}`);
    await phase('train', 'Running');
    expect(await said(`vcctl job view -N train -n ${TEAM}`)).to.match(/\n {4}Phase:\tRunning\n[^]*\n.*CommandIssued/);
    expect(await said(`vcancel -n train -N ${TEAM}`)).to.equal('cancel job train successfully\n');
    await stage.plane.kubectl(['wait', '--for=delete', '-n', TEAM, 'vcjob/train', '--timeout=30s']);
  });

  it('creates, closes, opens and deletes a queue', async () => {
    const state = (wanted: string): Promise<unknown> =>
      stage.plane.kubectl(['wait', `--for=jsonpath={.status.state}=${wanted}`, 'queue/blue', '--timeout=30s']);
    await said('vcctl queue create -n blue -w 3');
    await said('vcctl queue operate -n blue -a close');
    await state('Closed');
    await said('vcctl queue operate -n blue -a open');
    await state('Open');
    expect(await said('vcctl queue get -n blue')).to.match(/\nblue {21}3 {7}Open /);
    await said('vcctl queue delete -n blue');
    const { code, stdout } = await run('vcctl queue get -n blue');
    expect([code, stdout]).to.deep.equal([255, 'Failed to get queue: queues.scheduling.volcano.sh "blue" not found\n']);
  });
});

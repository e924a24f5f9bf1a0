import { expect } from 'chai';
import { JOBFLOWS, JOBTEMPLATES, PODS, resourcePath, VCJOBS } from '../../src/api/resources.ts';
import { arrayAt, memberAt, objectAt, stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import type { ControlPlane } from '../control-plane/launch.ts';
import { flow, jobflow, jobtemplate } from '../webhooks/jobflows/jobflow-fixture.ts';
import { JOBFLOW_RULES } from '../webhooks/jobflows/rules.ts';
import type { History } from './support/history.ts';
import { applied } from './support/manifest.ts';
import type { SluiceProcess } from './support/sluice-process.ts';
import { Stage } from './support/stage.ts';

/** The namespace of the fixtures. Nobody opted it in. */
const NS = 'team-a';

describe('JobFlows on a real control plane', function () {
  this.timeout(120_000);
  let stage: Stage;
  let plane: ControlPlane;
  let sluice: SluiceProcess;
  let history: History;

  before(async () => {
    stage = await Stage.start({
      nodes: [{ count: 4, cpu: '16', memory: '64Gi' }],
      kinds: [PODS, VCJOBS, JOBFLOWS, JOBTEMPLATES],
    });
    ({ plane, sluice, history } = stage);
    await namespace(NS);
    const templates = [template('quick', 'sleep 1'), template('slow', 'sleep 2'), template('bad', 'exit 1')];
    await applied(plane, ...templates, template('brief', 'sleep 1', { ttlSecondsAfterFinished: 1 }));
  });

  after(async () => {
    await stage?.stop();
  });

  it('are refused as the table of rules says', async () => {
    const send = (object: JsonObject) =>
      plane.client.request('POST', `${resourcePath(JOBFLOWS, NS)}?dryRun=All`, object);
    for (const [rule, passes, refused, path, text] of JOBFLOW_RULES) {
      expect((await send(passes)).status, rule).to.equal(201);
      const { status, body } = await send(refused);
      expect(status, rule).to.equal(422);
      expect(stringAt(body, ['message']), rule)
        .to.include(text)
        .and.to.include(path);
    }
    const bad = await plane.client.request(
      'POST',
      `${resourcePath(JOBTEMPLATES, NS)}?dryRun=All`,
      jobtemplate({ minAvailable: 9 }),
    );
    expect(stringAt(bad.body, ['message'])).to.include("job 'minAvailable' should not be greater than total replicas");
  });

  it('run a diamond, with a probe and a patch, to its end', async () => {
    const probe = { taskStatusList: [{ taskName: 'worker', phase: 'Running' }] };
    const patch = { jobSpec: { tasks: [{ name: 'worker', replicas: 3 }] } };
    await made('diamond', [
      flow('slow'),
      { name: 'quick', dependsOn: { targets: ['slow'], probe }, patch },
      flow('brief', ['slow']),
      flow('last', ['quick', 'brief']),
    ]);
    await applied(plane, template('last', 'sleep 1'));
    await reaches('diamond', 'Succeed');
    expect(phases('diamond')).to.deep.equal(['Pending', 'Running', 'Succeed']);

    const jobs = ['diamond-slow', 'diamond-quick', 'diamond-brief', 'diamond-last'];
    expect(strings(statusOf('diamond'), 'completedJobs')).to.deep.equal(jobs);
    expect(began('diamond-quick'), 'the probe holds before the end').to.be.below(ended('diamond-slow'));
    expect(began('diamond-brief'), 'no probe, no start before the end').to.be.above(ended('diamond-slow'));
    expect(began('diamond-last')).to.be.above(Math.max(ended('diamond-quick'), ended('diamond-brief')));
    expect(podsOf('diamond-quick'), 'patched').to.have.length(3);
    expect(podsOf('diamond-last')).to.have.length(1);

    const [job] = history.of(VCJOBS, `${NS}/diamond-quick`);
    expect(objectAt(job?.object, 'metadata', 'labels')).to.deep.include({
      'volcano.sh/createdByJobFlow': `${NS}.diamond`,
      'volcano.sh/createdByJobTemplate': `${NS}.quick`,
    });
    const first = arrayAt(statusOf('diamond'), 'jobStatusList')[0];
    const states = arrayAt(first, 'runningHistories').map((one) => stringAt(one, ['state']));
    expect(states).to.deep.equal(['Pending', 'Running', 'Completed']);
    expect(await eventsOf('diamond')).to.include('Created create a job named diamond-last!');
  });

  it('are listed by their short names, and templates say which jobs they made', async () => {
    const { stdout } = await plane.kubectl(['get', 'jf', '-n', NS]);
    expect(stdout.split('\n')[0]?.split(/\s+/)).to.deep.equal(['NAME', 'STATUS', 'AGE']);
    expect(stdout).to.match(/^diamond +Succeed /m);
    const templates = JSON.parse((await plane.kubectl(['get', 'jt', '-n', NS, 'slow', '-o', 'json'])).stdout) as object;
    const listed = memberAt(templates, 'status', 'jobDependsOnList');
    expect(listed).to.deep.equal(['diamond-slow']);
    const { stdout: explained } = await plane.kubectl(['explain', 'jobflow.spec.flows.dependsOn.probe']);
    expect(explained).to.include('httpGetList').and.not.to.include('<no description>');
  });

  it('fail with a job of theirs, and make no more', async () => {
    await made('failing', [flow('bad'), flow('quick', ['bad'])]);
    await reaches('failing', 'Failed');
    expect(strings(statusOf('failing'), 'failedJobs')).to.deep.equal(['failing-bad']);
    expect(history.of(VCJOBS, `${NS}/failing-quick`)).to.deep.equal([]);
  });

  it('delete their jobs once they have succeeded, where they are told to', async () => {
    await made('tidy', [flow('quick')], { jobRetainPolicy: 'delete' });
    await reaches('tidy', 'Succeed');
    await history.until('the job goes', () => absent(VCJOBS, 'tidy-quick'));
    expect(strings(statusOf('tidy'), 'completedJobs')).to.deep.equal(['tidy-quick']);
    expect(arrayAt(statusOf('tidy'), 'jobStatusList')).to.have.length(1);
  });

  it('say that a template is missing, and go on once it is there', async () => {
    await made('early', [flow('late')]);
    await told('early', 'JobTemplateMissing');
    await applied(plane, template('late', 'sleep 1'));
    await reaches('early', 'Succeed');
  });

  for (const [cascade, staysWhileJobs, keepsJobs] of [
    ['background', false, false],
    ['foreground', true, false],
    ['orphan', false, true],
  ] as const) {
    it(`are deleted, ${cascade}`, async () => {
      await made(cascade, [flow('endless')]);
      const job = `${cascade}-endless`;
      await applied(plane, template('endless', 'sleep 600'));
      await reaches(cascade, 'Running');
      await plane.kubectl(['delete', 'jf', '-n', NS, cascade, `--cascade=${cascade}`, '--wait=false']);
      await history.until('the flow goes', () => absent(JOBFLOWS, cascade));
      if (keepsJobs) {
        expect(memberAt(history.get(VCJOBS, `${NS}/${job}`), 'metadata', 'ownerReferences')).to.equal(undefined);
        return;
      }
      await history.until('the job goes', () => absent(VCJOBS, job));
      const gone = (kind: typeof VCJOBS, name: string): number =>
        history.of(kind, `${NS}/${name}`).find(({ type }) => type === 'DELETED')?.revision ?? Infinity;
      if (staysWhileJobs) {
        expect(gone(VCJOBS, job)).to.be.below(gone(JOBFLOWS, cascade));
        expect(phases(cascade).at(-1)).to.equal('Terminating');
      }
      expect(history.of(VCJOBS, `${NS}/${job}`).filter(({ type }) => type === 'ADDED')).to.have.length(1);
    });
  }

  it('do not make a job anew that was completed and has gone since', async () => {
    await made('fleeting', [flow('brief'), flow('quick', ['brief'])]);
    await reaches('fleeting', 'Succeed');
    const creations = history.of(VCJOBS, `${NS}/fleeting-brief`).filter(({ type }) => type === 'ADDED');
    expect(creations).to.have.length(1);
    await history.until('it goes', () => absent(VCJOBS, 'fleeting-brief'));
    expect(strings(statusOf('fleeting'), 'completedJobs')).to.deep.equal(['fleeting-brief', 'fleeting-quick']);
  });

  it('leave nothing behind when their namespace goes in the middle, and complain little', async () => {
    await namespace('gone');
    const inGone = (object: JsonObject): JsonObject => ({
      ...object,
      metadata: { ...objectAt(object, 'metadata'), namespace: 'gone' },
    });
    const flows = Array.from({ length: 5 }, (_, index) =>
      inGone(jobflow([flow('slow'), flow('quick', ['slow'])], `f${index}`)),
    );
    await applied(plane, inGone(template('slow', 'sleep 1')), inGone(template('quick', 'sleep 1')), ...flows);
    await history.until('they run', () => (history.get(VCJOBS, 'gone/f4-slow') === undefined ? undefined : true));
    const before = complaints();
    const { code, stderr } = await plane.kubectl(['delete', 'namespace', 'gone', '--timeout=60s']);
    expect(code, stderr).to.equal(0);
    expect(complaints() - before).to.be.below(10 * flows.length);
    expect(history.all(VCJOBS).filter((job) => stringAt(job, ['metadata', 'namespace']) === 'gone')).to.deep.equal([]);
  });

  it('are looked after without an error, and with no decision that was stopped', async () => {
    expect(sluice.log()).not.to.include('a reconcile failed');
    expect(await sluice.metric('sluice_checker_refusals_total'), sluice.log()).to.equal(0);
  });

  async function namespace(name: string): Promise<void> {
    await applied(plane, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    await plane.kubectl(['wait', '--for=create', '-n', name, 'serviceaccount/default', '--timeout=30s']);
  }

  async function made(name: string, flows: readonly JsonObject[], spec: JsonObject = {}): Promise<void> {
    await applied(plane, jobflow(flows, name, spec));
  }

  function reaches(name: string, phase: string): Promise<true> {
    return history.until(`${name} is ${phase}`, () => (phases(name).includes(phase) ? true : undefined));
  }

  function statusOf(name: string): JsonObject {
    return objectAt(history.get(JOBFLOWS, `${NS}/${name}`), 'status');
  }

  /** The phases that a watch has shown, each change once. */
  function phases(name: string): readonly string[] {
    const all = history
      .of(JOBFLOWS, `${NS}/${name}`)
      .map(({ object }) => stringAt(object, ['status', 'state', 'phase']));
    return all.filter((phase, at) => phase !== '' && phase !== all[at - 1]);
  }

  function began(job: string): number {
    return history.of(VCJOBS, `${NS}/${job}`)[0]?.revision ?? Infinity;
  }

  function ended(job: string): number {
    const isEnd = (object: JsonObject): boolean => stringAt(object, ['status', 'state', 'phase']) === 'Completed';
    return history.of(VCJOBS, `${NS}/${job}`).find(({ object }) => isEnd(object))?.revision ?? Infinity;
  }

  function podsOf(job: string): readonly string[] {
    const names = history.events
      .filter(({ kind, type }) => kind === PODS.plural && type === 'ADDED')
      .map(({ key }) => key);
    return [...new Set(names.filter((key) => key.startsWith(`${NS}/${job}-worker-`)))];
  }

  function absent(kind: typeof VCJOBS, name: string): true | undefined {
    return history.get(kind, `${NS}/${name}`) === undefined ? true : undefined;
  }

  async function eventsOf(name: string): Promise<readonly string[]> {
    const { stdout } = await plane.kubectl(['get', 'events', '-n', NS, '-o', 'json']);
    return arrayAt(JSON.parse(stdout), 'items')
      .filter((event) => stringAt(event, ['involvedObject', 'name']) === name)
      .map((event) => `${stringAt(event, ['reason'])} ${stringAt(event, ['message'])}`);
  }

  async function told(name: string, reason: string): Promise<void> {
    const deadline = performance.now() + 20_000;
    for (;;) {
      const events = await eventsOf(name);
      if (events.some((event) => event.startsWith(reason))) return;
      if (performance.now() > deadline) throw new Error(`${name} was told nothing of ${reason}: ${events.join('; ')}`);
    }
  }

  function complaints(): number {
    return sluice
      .log()
      .split('\n')
      .filter((line) => /the API server refused a write|a reconcile failed/.test(line)).length;
  }
});

function strings(object: JsonObject, key: string): readonly string[] {
  return arrayAt(object, key).map(String);
}

/** One pod whose container does so. */
function template(name: string, does: string, spec: JsonObject = {}): JsonObject {
  const container = {
    name: 'main',
    image: 'busybox',
    command: ['sh', '-c', does],
    resources: { requests: { cpu: '100m' } },
  };
  const tasks = [
    { name: 'worker', replicas: 1, template: { spec: { restartPolicy: 'Never', containers: [container] } } },
  ];
  return jobtemplate({ tasks, ...spec }, name);
}

import { expect } from 'chai';
import { apiVersion, PODS, resourcePath, VCJOBS } from '../../src/api/resources.ts';
import { arrayAt, memberAt, objectAt, stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { freePort } from '../control-plane/free-port.ts';
import type { KubeResponse } from '../control-plane/kube-client.ts';
import { startControlPlane } from '../control-plane/launch.ts';
import type { ControlPlane } from '../control-plane/launch.ts';
import { VCJOB_RULES } from '../webhooks/vcjobs/rules.ts';
import { vcjob } from '../webhooks/vcjobs/vcjob-fixture.ts';
import { applied, queue } from './support/manifest.ts';
import { SluiceProcess } from './support/sluice-process.ts';

const TEAM = 'team-a';
const DRY_RUN = '?dryRun=All';

describe('Jobs of Volcano on a real API server', function () {
  this.timeout(120_000);
  let plane: ControlPlane;
  let sluice: SluiceProcess;

  before(async () => {
    plane = await startControlPlane();
    sluice = await SluiceProcess.start({
      kubeconfig: plane.kubeconfigPath,
      install: true,
      webhookPort: await freePort(),
    });
    // Nobody opted this namespace in: whoever uses Volcano moves by changing nothing.
    await applied(plane, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: TEAM } }, queue('blue'));
    await plane.kubectl(['wait', '--for=create', '-n', TEAM, 'serviceaccount/default', '--timeout=30s']);
  });

  after(async () => {
    await sluice?.stop();
    await plane?.stop();
  });

  function send(job: JsonObject): Promise<KubeResponse> {
    return plane.client.request('POST', `${resourcePath(VCJOBS, TEAM)}${DRY_RUN}`, job);
  }

  function messageOf({ status, body }: KubeResponse): string {
    return `${status} ${stringAt(body, ['message'])}`;
  }

  it('pass and are refused as the table of rules says', async () => {
    for (const { rule, passes, refused, text } of VCJOB_RULES) {
      expect(messageOf(await send(passes)), rule).to.equal('201 ');
      const answer = await send(refused);
      expect(answer.status, rule).to.be.within(400, 422);
      // Where the schema refuses by itself, the words are the API server's own.
      if (!messageOf(answer).includes('.sluice.dev')) continue;
      expect(messageOf(answer), rule).to.include(text);
    }
  });

  it('are refused for their templates just where pods would be', async () => {
    const rules = VCJOB_RULES.filter(({ path }) => path.includes('.template.')).filter(({ refused }) => {
      return stringAt(arrayAt(refused, 'spec', 'tasks')[0], ['topologyPolicy']) === '';
    });
    for (const { rule, passes, refused } of rules) {
      const [good, bad] = await Promise.all([passes, refused].map((job) => sendPod(job)));
      expect(good?.status, `${rule}: ${messageOf(good as KubeResponse)}`).to.equal(201);
      expect(bad?.status, rule).to.be.within(400, 422);
    }
  });

  it('pass with 3,000 tasks, and are told why where there are too many to be read', async () => {
    const [task = {}] = arrayAt(vcjob(), 'spec', 'tasks');
    const wide = (count: number): JsonObject =>
      vcjob({
        minAvailable: 1,
        tasks: Array.from({ length: count }, (_, ix) => ({ ...Object(task), name: `t${ix}` })),
      });
    expect(messageOf(await send(wide(3_000)))).to.equal('201 ');
    expect(messageOf(await send(wide(12_000)))).to.match(
      /^413 admission webhook "[a-z-]+vcjobs\.sluice\.dev" denied the request: it has \d+ values, and 100000 are read \(ObjectTooLarge\)$/,
    );
  });

  function sendPod(job: JsonObject): Promise<KubeResponse> {
    const template = objectAt(arrayAt(job, 'spec', 'tasks')[0], 'template');
    const pod = {
      apiVersion: apiVersion(PODS),
      kind: PODS.kind,
      metadata: { ...objectAt(template, 'metadata'), name: 'pod' },
      spec: { ...objectAt(template, 'spec'), schedulerName: 'of-somebody-else' },
    };
    return plane.client.request('POST', `${resourcePath(PODS, TEAM)}${DRY_RUN}`, pod);
  }

  it('are filled in, keep what is in their templates, and are listed by their short names', async () => {
    const { status, body } = await plane.client.request('POST', resourcePath(VCJOBS, TEAM), vcjob({ queue: 'blue' }));
    expect(status).to.equal(201);
    const spec = objectAt(body, 'spec');
    expect(spec['schedulerName']).to.equal('volcano');
    expect([spec['minAvailable'], spec['maxRetry']]).to.deep.equal([2, 3]);
    expect(memberAt(arrayAt(spec, 'tasks')[0], 'template', 'spec', 'restartPolicy')).to.equal('Never');
    for (const name of ['vcjob', 'vj']) {
      const { code, stdout } = await plane.kubectl(['get', name, '-n', TEAM]);
      expect(code).to.equal(0);
      expect(stdout.split('\n')[0]?.split(/\s+/)).to.deep.equal(['NAME', 'STATUS', 'MINAVAILABLE', 'RUNNINGS', 'AGE']);
    }
  });

  it('are changed only where they may be', async () => {
    const path = resourcePath(VCJOBS, TEAM, 'train');
    const merge = (spec: object): Promise<KubeResponse> =>
      plane.client.request('PATCH', path, { spec }, 'application/merge-patch+json');
    expect(messageOf(await merge({ queue: 'default' }))).to.match(
      /^422 .*job updates may not change fields other than/,
    );
    expect((await merge({ minAvailable: 1 })).status).to.equal(200);
  });

  it('come by a configuration that stays as it was written', () => {
    expect(sluice.log()).not.to.include('it is put back');
  });

  it('are explained by kubectl, field by field', async () => {
    const { code, stdout } = await plane.kubectl(['explain', 'vcjob.spec']);
    expect(code).to.equal(0);
    expect(stdout).to.include('maxRetry').and.to.include('How often the job is restarted before it has failed.');
    expect(stdout).not.to.include('<no description>');
  });
});

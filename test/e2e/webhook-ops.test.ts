import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { createAuthority } from '../../certs/authority.ts';
import { parseBundle } from '../../certs/bundle.ts';
import { GROUP_NAME_ANNOTATION, ROTATE_ANNOTATION } from '../../src/api/keys.ts';
import {
  JOBS,
  MUTATING_WEBHOOKS,
  POD_GROUPS,
  PODS,
  resourcePath,
  VALIDATING_WEBHOOKS,
} from '../../src/api/resources.ts';
import { arrayAt, stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { freePort } from '../control-plane/free-port.ts';
import { startControlPlane } from '../control-plane/launch.ts';
import type { ControlPlane } from '../control-plane/launch.ts';
import { lookUpProcess } from '../control-plane/parent-watch.ts';
import { History } from './support/history.ts';
import { inject, issueInto, servedFingerprint } from './support/foreign-certificate.ts';
import { JobStream } from './support/job-stream.ts';
import { applied, inNamespace, job, optedInNamespace, pod } from './support/manifest.ts';
import { grantTo } from './support/rights.ts';
import { runSluice, SluiceProcess } from './support/sluice-process.ts';
import type { CommandEnd } from './support/sluice-process.ts';
import { trusted, untilTrusted } from './support/trusted-bundle.ts';

const TEAM = 'team';
const PLAIN = 'plain';
const OWN_SECRETS = '/api/v1/namespaces/sluice-system/secrets';
const DAY_SECONDS = 86_400;
const PATCH_TYPE = 'application/merge-patch+json';
const PROCESS_MODULE = join(import.meta.dirname, 'support/sluice-process.ts');

describe('serve', function () {
  this.timeout(60_000);
  let plane: ControlPlane;
  let history: History;
  let webhookPort: number;
  let webhook: SluiceProcess;
  let controllers: SluiceProcess;
  /** Sluice gives a cluster ten seconds to answer: that goes on beside the other tests. */
  let unanswered: { readonly url: string; readonly end: Promise<CommandEnd> };

  before(async () => {
    plane = await startControlPlane();
    webhookPort = await freePort();
    webhook = launchWebhook();
    controllers = SluiceProcess.launch({ kubeconfig: plane.kubeconfigPath, roles: 'controllers,scheduler' });
    await Promise.all([
      webhook.ready(),
      controllers.ready(),
      plane.applyNodes([{ count: 2, cpu: '16', memory: '64Gi' }]),
    ]);
    history = await History.start(plane, [JOBS, PODS]);
    unanswered = await serveClosedPort();
    await applied(plane, optedInNamespace(TEAM), { apiVersion: 'v1', kind: 'Namespace', metadata: { name: PLAIN } });
  });

  after(async () => {
    await history?.stop();
    await Promise.all([webhook?.stop(), controllers?.stop()]);
    await plane?.stop();
  });

  it('changes its certificate without a refused review', () =>
    expectAnsweredThrough(async () => {
      const before = await servedFingerprint(webhookPort);
      await deleted('sluice-serving');
      while ((await servedFingerprint(webhookPort)) === before) await sleep(20);
    }));

  it('puts its webhook configurations back when somebody deletes or edits them', async () => {
    for (const type of [MUTATING_WEBHOOKS, VALIDATING_WEBHOOKS]) {
      const path = resourcePath(type, '', 'sluice');
      const before = (await plane.client.request('GET', path)).body;
      expect((await plane.client.request('DELETE', path)).status).to.equal(200);
      while ((await plane.client.request('GET', path)).status !== 200) await sleep(50);
      const after = (await plane.client.request('GET', path)).body;
      expect(stringAt(after, ['metadata', 'uid'])).to.not.equal(stringAt(before, ['metadata', 'uid']));
      const names = (object: unknown): readonly string[] =>
        arrayAt(object, 'webhooks').map((webhook) => stringAt(webhook, ['name']));
      expect(names(after)).to.deep.equal(names(before));
    }
    await expectIntercepted('kept');
  });

  it('is found well by the doctor', async () => {
    const { code, stdout, stderr } = await runSluice(['doctor', '--kubeconfig', plane.kubeconfigPath]);
    expect({ code, stderr }, stdout).to.deep.equal({ code: 0, stderr: '' });
    expect(stdout).to.match(/^ok +review +the API server reaches the webhooks/m);
  });

  it('goes through a whole rotation of its authority, with certificates that live for seconds, without a refused review', async () => {
    await webhook.stop();
    webhook = launchWebhook('--certificate-days', String(12 / DAY_SECONDS));
    await webhook.ready();
    const [before] = await trusted(plane.client);
    await expectAnsweredThrough(async () => {
      const body = { metadata: { annotations: { [ROTATE_ANNOTATION]: 'now' } } };
      const asked = await plane.client.request('PATCH', `${OWN_SECRETS}/sluice-ca`, body, PATCH_TYPE);
      expect(asked.status).to.equal(200);
      // With the next one, and then without the one before.
      const next = await untilTrusted(plane.client, ({ length }) => length === 2);
      expect(next).to.include(before);
      const [left] = await untilTrusted(plane.client, ({ length }) => length === 1);
      expect(next.filter((one) => one !== before)).to.deep.equal([left]);
    });
    const { body } = await plane.client.request('GET', resourcePath(VALIDATING_WEBHOOKS, '', 'sluice'));
    const managers = arrayAt(body, 'metadata', 'managedFields').map((one) => stringAt(one, ['manager']));
    expect(managers).to.include('sluice-certificates');
  });

  it('goes on answering when its authority is reset: the new one is told before anybody serves with it', () =>
    expectAnsweredThrough(async () => {
      const before = await servedFingerprint(webhookPort);
      await deleted('sluice-ca');
      while ((await servedFingerprint(webhookPort)) === before) await sleep(20);
    }));

  it('serves by the certificate of somebody else and follows its renewal, and leaves the authority to who injects it', async () => {
    await webhook.stop();
    const folder = await mkdtemp(join(tmpdir(), 'sluice-certificate-'));
    const nowMs = Date.now();
    const authority = await createAuthority({ nowMs, commonName: 'theirs', validForMs: DAY_SECONDS * 1000 });
    await issueInto(folder, authority);
    webhook = launchWebhook('--certificate-folder', folder);
    await webhook.ready();
    await webhook.printed('the webhook configurations trust another authority');
    for (const type of [MUTATING_WEBHOOKS, VALIDATING_WEBHOOKS])
      await inject(plane.client, type, authority.certificatePem);
    await expectAnsweredThrough(async () => {
      const before = await servedFingerprint(webhookPort);
      await issueInto(folder, authority);
      while ((await servedFingerprint(webhookPort)) === before) await sleep(20);
    });
    expect(await trusted(plane.client)).to.deep.equal(
      parseBundle(authority.certificatePem).map(({ fingerprint256 }) => fingerprint256),
    );
    await rm(folder, { recursive: true });
  });

  describe('when the webhooks are killed', () => {
    before(async () => {
      const one = job('planned', 1);
      await applied(plane, inNamespace(TEAM, { ...one, spec: { ...one.spec, completions: 2 } }));
      await history.until('its pod on a node', () => podOnNode('planned', ''));
      await webhook.kill();
    });

    it('lets no Job or pod into namespaces that opted in', async () => {
      for (const object of [job('refused', 1), pod('refused')]) {
        const { code, stderr } = await plane.kubectl(['apply', '-f', '-'], JSON.stringify(inNamespace(TEAM, object)));
        expect(code).to.equal(1);
        expect(stderr).to.match(/failed calling webhook "mutate-(jobs|pods)\.sluice\.dev"/);
      }
    });

    it('is told by the doctor, with what to do', async () => {
      const args = ['doctor', '--kubeconfig', plane.kubeconfigPath, '--output', 'json'];
      const { code, stdout } = await runSluice(args);
      expect(code).to.equal(1);
      const wrong = arrayAt(JSON.parse(stdout), 'findings').filter((one) => stringAt(one, ['level']) === 'wrong');
      expect(wrong.map((one) => stringAt(one, ['check']))).to.deep.equal(['review']);
      expect(stringAt(wrong[0], ['message'])).to.include('failed calling webhook');
      expect(stringAt(wrong[0], ['remedy'])).to.include('see whether sluice serve runs');
    });

    it('is in the way of nothing else', async () => {
      const config = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'any', namespace: TEAM } };
      const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'later' } };
      await applied(plane, inNamespace(PLAIN, job('untouched', 1)), inNamespace(PLAIN, pod('untouched')), config, node);
      const made = await history.until('the pod of the Job', () =>
        history.all(PODS).find((object) => stringAt(object, ['metadata', 'labels', 'job-name']) === 'untouched'),
      );
      expect(stringAt(made, ['spec', 'schedulerName'])).to.equal('default-scheduler');
    });

    it('still places the pods of Jobs that it has planned: those need no review', async () => {
      const first = stringAt(podOnNode('planned', ''), ['metadata', 'name']);
      const ended = JSON.stringify({ status: { phase: 'Succeeded' } });
      const done = await plane.kubectl(['-n', TEAM, 'patch', 'pod', first, '--subresource=status', '-p', ended]);
      expect(done.code, done.stderr).to.equal(0);
      const after = await history.until('the second pod of the Job, on a node', () => podOnNode('planned', first));
      expect(stringAt(after, ['metadata', 'annotations', GROUP_NAME_ANNOTATION])).to.match(/^planned-/);
    });

    it('lets them in where the administrator wants that: whoever names its scheduler is put into a queue, the others are told of', async () => {
      await setFailurePolicy('Ignore');
      const named = pod('named', {}, 'sluice');
      await applied(
        plane,
        inNamespace(TEAM, pod('unseen')),
        inNamespace(TEAM, named),
        inNamespace(TEAM, job('jobless', 1)),
      );
      const adopted = await history.until('the named pod on a node', () =>
        history
          .all(PODS)
          .find((one) => stringAt(one, ['metadata', 'name']) === 'named' && stringAt(one, ['spec', 'nodeName']) !== ''),
      );
      const group = stringAt(adopted, ['metadata', 'annotations', GROUP_NAME_ANNOTATION]);
      const { body } = await plane.client.request('GET', resourcePath(POD_GROUPS, TEAM, group));
      expect(stringAt(body, ['spec', 'queue'])).to.equal('default');
      for (const reason of ['UnmanagedPod', 'UnmanagedJob']) await told(reason);
      const unseen = await plane.client.request('GET', resourcePath(PODS, TEAM, 'unseen'));
      expect(stringAt(unseen.body, ['spec', 'nodeName']), 'nobody but kube-scheduler places it').to.equal('');
    });

    it('takes up its work where it left it, as soon as it is back', async () => {
      webhook = launchWebhook();
      await webhook.ready();
      await expectIntercepted('back');
      const { body } = await plane.client.request('GET', resourcePath(MUTATING_WEBHOOKS, '', 'sluice'));
      expect(new Set(arrayAt(body, 'webhooks').map((one) => stringAt(one, ['failurePolicy'])))).to.include('Fail');
    });
  });

  describe('when it is stopped', () => {
    it('and started again under a stream of Jobs, lets none of them pass unmanaged', async () => {
      const stream = new JobStream(plane, TEAM);
      await stream.until(({ planned }) => planned >= 5);
      expect(await webhook.stop()).to.equal(0);
      await stream.until(({ refused }) => refused >= 5);
      webhook = launchWebhook();
      await webhook.ready();
      const { planned: before } = stream.counts;
      await stream.until(({ planned }) => planned >= before + 5);
      const counts = await stream.end();
      expect(counts).to.deep.include({ unmanaged: 0 });
      expect(counts.planned + counts.refused).to.equal(counts.sent);
    });

    it('leaves the webhook configurations in place, until they are uninstalled', async () => {
      expect(await webhook.stop()).to.equal(0);
      const refused = await plane.client.request('POST', resourcePath(JOBS, TEAM), job('too-early', 1));
      expect(refused.status).to.equal(500);
      const { code, stdout } = await runSluice(['uninstall', '--kubeconfig', plane.kubeconfigPath]);
      expect([code, stdout]).to.deep.equal([
        0,
        'MutatingWebhookConfiguration sluice removed\nValidatingWebhookConfiguration sluice removed\n',
      ]);
      for (const type of [MUTATING_WEBHOOKS, VALIDATING_WEBHOOKS]) {
        expect((await plane.client.request('GET', resourcePath(type, '', 'sluice'))).status).to.equal(404);
      }
      const again = await runSluice(['uninstall', '--kubeconfig', plane.kubeconfigPath]);
      expect([again.code, again.stdout.match(/is not there/g)?.length]).to.deep.equal([0, 2]);
      await applied(plane, inNamespace(TEAM, job('without', 1)));
      const stored = await plane.client.request('GET', resourcePath(JOBS, TEAM, 'without'));
      expect(JSON.stringify(stored.body)).to.not.include(GROUP_NAME_ANNOTATION);
    });

    it('ends with the program that started it, also when that is killed', async () => {
      const options = { kubeconfig: plane.kubeconfigPath, roles: 'controllers' };
      const code = `
        import { SluiceProcess } from ${JSON.stringify(PROCESS_MODULE)};
        const sluice = await SluiceProcess.start(${JSON.stringify(options)});
        console.log(sluice.pid);
        setInterval(() => undefined, 1000);`;
      const parent = spawn(process.execPath, ['--input-type=module-typescript', '-e', code], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const [line] = (await once(parent.stdout, 'data')) as [Buffer];
      const pid = Number(line.toString());
      expect(lookUpProcess(pid)).to.not.equal(undefined);
      parent.kill('SIGKILL');
      while (lookUpProcess(pid) !== undefined) await sleep(20);
    });
  });

  describe('as a user', () => {
    let kubeconfig: string;

    before(async () => {
      kubeconfig = await plane.kubeconfigFor('sluice');
    });

    it('without rights says in one line which ones are missing', async () => {
      const { code, stdout, stderr } = await runSluice([
        'serve',
        '--kubeconfig',
        kubeconfig,
        '--webhook-url',
        'https://127.0.0.1:1',
      ]);
      expect({ code, stdout }).to.deep.equal({ code: 1, stdout: '' });
      expect(stderr).to.match(
        /^sluice serve: the user of the kubeconfig lacks rights on https:\/\/[\d.:]+: get queues\.scheduling\.volcano\.sh, .* and \d+ more\n$/,
      );
    });

    it('with the rights of manifests/rbac works, once an admin has installed', async () => {
      // The admin's run leaves kinds, authority and configurations behind, as an installation does.
      const admin = launchWebhook();
      await admin.ready();
      await Promise.all([admin.kill(), controllers.stop()]);
      await grantTo(plane, 'sluice');
      webhook = await SluiceProcess.start({ kubeconfig, webhookPort });
      await expectIntercepted('granted');
      await history.until('the binding of its pod', () =>
        history.all(PODS).find((object) => {
          return (
            stringAt(object, ['metadata', 'labels', 'job-name']) === 'granted' &&
            stringAt(object, ['spec', 'nodeName']) !== ''
          );
        }),
      );
    });
  });

  describe('tells in one line', () => {
    it('that the cluster does not answer', async () => {
      const { code, stderr } = await unanswered.end;
      expect(code).to.equal(1);
      expect(stderr).to.match(new RegExp(`^sluice serve: the cluster at ${unanswered.url} does not answer: .*\\n$`));
    });

    it('that the kubeconfig is missing, or is none', async () => {
      const paths = ['missing', 'empty', 'folder'].map((name) => join(plane.dataDir, name));
      await Promise.all([writeFile(paths[1] ?? '', ''), mkdir(paths[2] ?? '')]);
      for (const path of paths) {
        const { code, stderr } = await runSluice(['serve', '--kubeconfig', path]);
        expect(code).to.equal(1);
        expect(stderr).to.match(/^sluice serve: [^\n]+\n$/);
        expect(stderr).to.include(path);
      }
    });

    it('that an option is wrong, with exit code 2', async () => {
      const wrong = [
        ['--roles', 'cook'],
        ['--webhook-url', 'ftp://x'],
        ['--failure-policy', 'Maybe'],
        ['--lease-seconds', '0'],
        ['--no-such'],
      ];
      const ends = await Promise.all(wrong.map((args) => runSluice(['serve', ...args])));
      expect(ends.map(({ code }) => code)).to.deep.equal(wrong.map(() => 2));
      for (const [at, { stderr }] of ends.entries()) expect(stderr).to.include(wrong[at]?.[0]);
    });
  });

  it('lists its options with --help', async () => {
    const { code, stdout } = await runSluice(['serve', '--help']);
    expect(code).to.equal(0);
    for (const option of [
      '--kubeconfig',
      '--roles',
      '--install',
      '--webhook-url',
      '--failure-policy',
      '--lease-seconds',
    ]) {
      expect(stdout).to.include(`  ${option}`);
    }
    expect(stdout).to.match(/roles of this process, of\s+webhook,\s+scheduler,\s+controllers/);
  });

  it('tells in one line that its port is taken', async () => {
    const url = `https://127.0.0.1:${webhookPort}`;
    const args = ['serve', '--kubeconfig', plane.kubeconfigPath, '--roles', 'webhook', '--webhook-url', url];
    const { code, stderr } = await runSluice(args);
    expect(code).to.equal(1);
    expect(stderr.trim().split('\n').at(-1)).to.match(
      new RegExp(`^sluice serve: webhook: cannot serve on port ${webhookPort}: .*EADDRINUSE`),
    );
    expect(stderr).not.to.contain('"level"');
  });

  function launchWebhook(...args: readonly string[]): SluiceProcess {
    return SluiceProcess.launch({
      kubeconfig: plane.kubeconfigPath,
      roles: 'webhook',
      install: true,
      webhookPort,
      args: ['--certificate-seconds', '1', ...args],
    });
  }

  async function serveClosedPort(): Promise<typeof unanswered> {
    const url = `https://127.0.0.1:${await freePort()}`;
    const kubeconfig = join(plane.dataDir, 'nowhere.kubeconfig');
    await writeFile(kubeconfig, (await readFile(plane.kubeconfigPath, 'utf8')).replace(plane.url, url));
    return { url, end: runSluice(['serve', '--kubeconfig', kubeconfig]) };
  }

  /** A pod of the Job that has a node, and another name than this. */
  function podOnNode(jobName: string, but: string): JsonObject | undefined {
    return history
      .all(PODS)
      .find(
        (one) =>
          stringAt(one, ['metadata', 'labels', 'job-name']) === jobName &&
          stringAt(one, ['spec', 'nodeName']) !== '' &&
          stringAt(one, ['metadata', 'name']) !== but,
      );
  }

  async function setFailurePolicy(failurePolicy: string): Promise<void> {
    for (const type of [MUTATING_WEBHOOKS, VALIDATING_WEBHOOKS]) {
      const path = resourcePath(type, '', 'sluice');
      const { body } = await plane.client.request('GET', path);
      const webhooks = arrayAt(body, 'webhooks').map((one) => ({ ...(one as JsonObject), failurePolicy }));
      const { status } = await plane.client.request('PUT', path, { ...(body as JsonObject), webhooks });
      expect(status).to.equal(200);
    }
  }

  async function told(reason: string): Promise<void> {
    for (;;) {
      const { stdout } = await plane.kubectl([
        '-n',
        TEAM,
        'get',
        'events',
        `--field-selector=reason=${reason}`,
        '-o',
        'name',
      ]);
      if (stdout !== '') return;
      await sleep(50);
    }
  }

  /** Reviews are asked for all the while, and for some time after it; none is refused. */
  async function expectAnsweredThrough(work: () => Promise<void>): Promise<void> {
    const reviews = { answered: 0, refused: [] as string[], isOver: false };
    const reviewers = Array.from({ length: 4 }, () => askUntilOver(reviews));
    await work();
    const answeredBefore = reviews.answered;
    while (reviews.answered < answeredBefore + 20 && reviews.refused.length === 0) await sleep(20);
    reviews.isOver = true;
    await Promise.all(reviewers);
    expect(reviews.refused).to.deep.equal([]);
  }

  async function deleted(secret: string): Promise<void> {
    const { status } = await plane.client.request('DELETE', `${OWN_SECRETS}/${secret}`);
    expect(status).to.equal(200);
  }

  async function askUntilOver(reviews: { answered: number; refused: string[]; isOver: boolean }): Promise<void> {
    while (!reviews.isOver) {
      const { status, body } = await plane.client.request(
        'POST',
        `${resourcePath(PODS, TEAM)}?dryRun=All`,
        pod('asked'),
      );
      const isStamped = stringAt(body, ['spec', 'schedulerName']) === 'sluice';
      if (status === 201 && isStamped) reviews.answered += 1;
      else reviews.refused.push(`${status} ${stringAt(body, ['message'])}`);
    }
  }

  async function expectIntercepted(name: string): Promise<void> {
    await applied(plane, inNamespace(TEAM, job(name, 1)));
    const { body } = await plane.client.request('GET', resourcePath(JOBS, TEAM, name));
    expect(stringAt(body, ['spec', 'template', 'metadata', 'annotations', GROUP_NAME_ANNOTATION])).to.match(
      new RegExp(`^${name}-`),
    );
  }
});

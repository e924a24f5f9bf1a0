import { expect } from 'chai';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseAllDocuments } from 'yaml';
import {
  CERTIFICATES,
  MUTATING_WEBHOOKS,
  resourcePath,
  SECRETS,
  VALIDATING_WEBHOOKS,
} from '../../src/api/resources.ts';
import { createAuthority } from '../../certs/authority.ts';
import { issueServing } from '../../certs/serving.ts';
import { arrayAt, stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { ROOT } from '../../tools/run-node.ts';
import { installOrSkip } from '../clients/support/no-answer.ts';
import { freePort } from '../control-plane/free-port.ts';
import { startGuardian } from '../control-plane/guardian.ts';
import type { Guardian } from '../control-plane/guardian.ts';
import { startControlPlane } from '../control-plane/launch.ts';
import type { ControlPlane } from '../control-plane/launch.ts';
import { objectList } from '../e2e/support/deploy/object-list.ts';
import { untilServed } from '../e2e/support/deploy/served.ts';
import { applied, optedInNamespace } from '../e2e/support/manifest.ts';
import { runSluice, SluiceProcess } from '../e2e/support/sluice-process.ts';
import { ActedDeployments } from './support/acted-deployments.ts';
import { CertManager } from './support/cert-manager.ts';
import { Helm } from './support/helm.ts';
import { PersistentClient } from './support/persistent-client.ts';
import { ReviewLoad } from './support/review-load.ts';

const NAMESPACE = 'sluice-system';
const CERTIFICATE = 'sluice-webhook';
const SECRET = 'sluice-webhook-certificate';
const TEAM = 'team-a';
const VERSION = ['--kube-version', '1.37.2'];
const MODE = 'certificates.mode=cert-manager';
/** The shortest life that cert-manager takes, renewed a minute after it began; one pod, since more would listen on the same ports. */
const SETTINGS = `replicas=1,schedulerReplicas=1,crds.keep=false,${MODE},certificates.duration=1h,certificates.renewBefore=59m`;
/** Reviews that are seen to pass while nobody of cert-manager is there. */
const OUTAGE_MS = 10_000;

describe('certificates of the real cert-manager', function () {
  this.timeout(300_000);
  let helm: Helm;
  let plane: ControlPlane;
  let guardian: Guardian;
  let certManager: CertManager;
  let acted: ActedDeployments;
  let atFirst: readonly string[];

  before(async function () {
    this.timeout(1_800_000);
    await installOrSkip(this, async () => {
      helm = await Helm.install();
      await CertManager.build();
    });
    plane = await startControlPlane({ extraArgs: { 'kube-apiserver': ['--enable-aggregator-routing=true'] } });
    guardian = await startGuardian('sluice-cert-manager');
    certManager = await CertManager.install(plane, guardian, helm);
    const [node = ''] = await plane.applyNodes([{ count: 1, cpu: '4', memory: '8Gi', gpus: 0 }]);
    await plane.kubectl(['create', 'namespace', NAMESPACE]);
    await applied(plane, optedInNamespace(TEAM));
    await plane.kubectl(['wait', '--for=create', '-n', TEAM, 'serviceaccount/default', '--timeout=30s']);
    atFirst = await objectList(plane);
    acted = new ActedDeployments({ plane, namespace: NAMESPACE, node, image: ['/opt/sluice', ROOT] });
  });

  after(async () => {
    await acted?.stop();
    await plane?.stop();
    await guardian?.release();
  });

  it('are the same by Helm and by kustomize, and the API server takes all objects', async () => {
    const chart = await helm.ofChart(['template', 'sluice'], ['-n', NAMESPACE, '--set', MODE, ...VERSION]);
    const overlay = await plane.kubectl(['kustomize', join(ROOT, 'manifests/kustomize/overlays/cert-manager')]);
    const [byHelm, byKustomize] = [byName(chart), byName(overlay.stdout)];
    byKustomize.delete(`Namespace ${NAMESPACE}`);
    expect([...byHelm.keys()].toSorted()).to.deep.equal([...byKustomize.keys()].toSorted());
    for (const [name, object] of byKustomize)
      if (!name.startsWith('CustomResourceDefinition')) expect(byHelm.get(name), name).to.deep.equal(object);
    const dryRun = ['apply', '--server-side', '--dry-run=server', '-f', '-'];
    const { code, stderr } = await plane.kubectl(dryRun, overlay.stdout);
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
  });

  it('are issued, served and trusted when install --wait returns', async () => {
    const begunMs = performance.now();
    await helm.ofChart(
      ['install', 'sluice'],
      ['--set', SETTINGS, '--wait', '--timeout', '180s', '-n', NAMESPACE],
      plane,
    );
    const installedMs = performance.now() - begunMs;
    await untilServed(plane);
    const load = new ReviewLoad(new PersistentClient(plane.client), TEAM);
    const { broken } = await load.end();
    expect({ wrong: load.wrong, broken }, acted.log()).to.deep.equal({ wrong: [], broken: 0 });
    expect(await bundles()).to.deep.equal([await stored('ca.crt')]);
    expect(await doctor())
      .to.include('ok    cert-manager')
      .and.include('ok    review');
    tell(`issued after ${seconds(await issuingMs())} s, installed after ${seconds(installedMs)} s`);
  });

  it('are renewed without a review that fails', async () => {
    const before = await servedUntil();
    const beganMs = performance.now();
    const load = new ReviewLoad(new PersistentClient(plane.client), TEAM);
    while ((await servedUntil()) === before && load.wrong.length === 0) await sleep(500);
    const { answered, broken, longestMs } = await load.end();
    expect({ wrong: load.wrong, broken }, acted.log()).to.deep.equal({ wrong: [], broken: 0 });
    const took = seconds(performance.now() - beganMs);
    tell(`${answered} reviews in ${took} s through a renewal: ${broken} failed, the longest took ${longestMs} ms`);
  });

  it('go on without cert-manager, and say for how long', async () => {
    await certManager.kill();
    const load = new ReviewLoad(new PersistentClient(plane.client), TEAM);
    await sleep(OUTAGE_MS);
    const { answered, broken } = await load.end();
    expect({ wrong: load.wrong, broken }, acted.log()).to.deep.equal({ wrong: [], broken: 0 });
    const leftMs = (await servedUntil()) * 1000 - Date.now();
    expect(leftMs).to.be.within(1, 3_600_000);
    expect(await doctor()).to.match(/the serving certificate ends in [01]\.\d hours/);
    tell(`${answered} reviews without cert-manager: ${broken} failed; the certificate lives for ${seconds(leftMs)} s`);
    await certManager.start();
  });

  it('tell that their name is wrong, and what is served stays', async () => {
    const wrong = { spec: { dnsNames: ['elsewhere.example.org'] } };
    await patched(wrong);
    await untilDoctorSays(/the certificate does not cover sluice-webhook\.sluice-system\.svc/);
    const folder = await folderWith({ certificate: await stored('tls.crt'), key: await stored('tls.key') });
    await expectTold(folder, 'the certificate does not cover sluice-webhook.sluice-system.svc');
    const load = new ReviewLoad(new PersistentClient(plane.client), TEAM);
    const { broken } = await load.end();
    expect({ wrong: load.wrong, broken }).to.deep.equal({ wrong: [], broken: 0 });
    await patched({ spec: { dnsNames: ['sluice-webhook.sluice-system.svc'] } });
    await untilDoctorSays(/the serving certificate ends in/);
  });

  it('tell that a key is not theirs', async () => {
    const key = await stored('tls.key', 'sluice-authority');
    const folder = await folderWith({ certificate: await stored('tls.crt'), key });
    await expectTold(folder, 'the private key does not belong to the certificate');
  });

  it('wait where another authority has signed them, and what is served stays', async () => {
    const [nowMs, validForMs] = [Date.now(), 3_600_000];
    const other = await createAuthority({ nowMs, validForMs, commonName: 'other' });
    const names = { dnsNames: ['sluice-webhook.sluice-system.svc'], ipAddresses: [] };
    const { certificatePem, privateKeyPem } = await issueServing(other, { ...names, nowMs, validForMs });
    const folder = await folderWith({
      certificate: certificatePem,
      key: privateKeyPem,
      authority: other.certificatePem,
    });
    await expectTold(folder, 'the webhook configurations trust another authority than that of the certificate');
    const load = new ReviewLoad(new PersistentClient(plane.client), TEAM);
    const { broken } = await load.end();
    expect({ wrong: load.wrong, broken }).to.deep.equal({ wrong: [], broken: 0 });
  });

  it('tell of an issuer that is missing, with its name and the condition of the Certificate', async () => {
    const set = `${SETTINGS},certificates.issuerRef.name=nobody`;
    await helm.ofChart(['upgrade', 'sluice'], ['--set', set, '-n', NAMESPACE], plane);
    const want =
      /Certificate sluice-system\/sluice-webhook is not ready: \w+: .*; CertificateRequest \S+: Pending: .*nobody\S* not found.*; there is no Issuer nobody/;
    await untilDoctorSays(want);
    await expectTold(await folderWith({}), want);
    const load = new ReviewLoad(new PersistentClient(plane.client), TEAM);
    const { broken } = await load.end();
    expect({ wrong: load.wrong, broken }).to.deep.equal({ wrong: [], broken: 0 });
  });

  it('tell of an issuer that is not ready, in its own words', async () => {
    const metadata = { name: 'nobody', namespace: NAMESPACE };
    const spec = { ca: { secretName: 'no-such-secret' } };
    await applied(plane, { apiVersion: 'cert-manager.io/v1', kind: 'Issuer', metadata, spec });
    const want = /Issuer nobody is not ready: \w+: .*no-such-secret/;
    await untilDoctorSays(want);
    await expectTold(await folderWith({}), want);
    await plane.kubectl(['delete', 'issuer', 'nobody', '-n', NAMESPACE]);
  });

  it('leave nothing when Sluice is uninstalled, though cert-manager could issue them anew', async () => {
    await helm.ofChart(['upgrade', 'sluice'], ['--set', SETTINGS, '-n', NAMESPACE], plane);
    const ready = ['wait', '--for=condition=Ready', '-n', NAMESPACE, `certificate/${CERTIFICATE}`, '--timeout=60s'];
    const { code, stderr } = await plane.kubectl(ready);
    expect(code, stderr).to.equal(0);
    await helm.run(['uninstall', 'sluice', '--wait', '--timeout', '120s', '-n', NAMESPACE], plane);
    await acted.stop();
    await plane.kubectl([
      'wait',
      '--for=delete',
      'pods,certificaterequests',
      '--all',
      '-n',
      NAMESPACE,
      '--timeout=60s',
    ]);
    expect(await objectList(plane)).to.deep.equal(atFirst);
  });

  /** From the Certificate's creation until it was ready, by cert-manager's own time stamps, in ms of whole seconds. */
  async function issuingMs(): Promise<number> {
    const { body } = await plane.client.request('GET', resourcePath(CERTIFICATES, NAMESPACE, CERTIFICATE));
    const ready = arrayAt(body, 'status', 'conditions').find((one) => stringAt(one, ['type']) === 'Ready');
    const created = Date.parse(stringAt(body, ['metadata', 'creationTimestamp']));
    return Date.parse(stringAt(ready, ['lastTransitionTime'])) - created;
  }

  async function stored(key: string, secret = SECRET): Promise<string> {
    const { body } = await plane.client.request('GET', resourcePath(SECRETS, NAMESPACE, secret));
    return Buffer.from(stringAt(body, ['data', key]), 'base64').toString();
  }

  /** What the entries of both configurations trust, each once. */
  async function bundles(): Promise<readonly string[]> {
    const found = new Set<string>();
    for (const type of [MUTATING_WEBHOOKS, VALIDATING_WEBHOOKS]) {
      const { body } = await plane.client.request('GET', resourcePath(type, '', 'sluice'));
      expect(arrayAt(body, 'webhooks')).to.not.have.length(0);
      for (const one of arrayAt(body, 'webhooks')) found.add(stringAt(one, ['clientConfig', 'caBundle']));
    }
    return [...found].map((bundle) => Buffer.from(bundle, 'base64').toString());
  }

  /** End of the certificate that the pod serves, in seconds since 1970, by its metrics. */
  async function servedUntil(): Promise<number> {
    const text = await (await fetch('http://127.0.0.1:8080/metrics')).text();
    return Number(/^sluice_admission_certificate_not_after_seconds(?:\{.*\})? (\S+)/m.exec(text)?.[1]);
  }

  async function doctor(): Promise<string> {
    const { stdout, stderr } = await runSluice(['doctor', '--kubeconfig', plane.kubeconfigPath]);
    return `${stdout}${stderr}`;
  }

  async function untilDoctorSays(want: RegExp): Promise<void> {
    for (let times = 0; times < 60; times += 1) if (want.test(await doctor())) return;
    expect(await doctor()).to.match(want);
  }

  async function patched(patch: JsonObject): Promise<void> {
    const path = resourcePath(CERTIFICATES, NAMESPACE, CERTIFICATE);
    const { status, body } = await plane.client.request('PATCH', path, patch, 'application/merge-patch+json');
    expect(status, JSON.stringify(body)).to.equal(200);
  }

  /** As a mounted Secret, or one that nobody has filled. */
  async function folderWith(content: {
    readonly certificate?: string;
    readonly key?: string;
    readonly authority?: string;
  }): Promise<string> {
    const folder = join(guardian.dir, `mounted-${performance.now()}`);
    await mkdir(folder);
    const files = { 'tls.crt': content.certificate, 'tls.key': content.key, 'ca.crt': content.authority };
    for (const [name, text] of Object.entries(files)) if (text !== undefined) await writeFile(join(folder, name), text);
    return folder;
  }

  /** Another process that is to start with the folder waits, and its log says why. */
  async function expectTold(folder: string, want: string | RegExp): Promise<void> {
    const ports = ['--webhook-port', String(await freePort()), '--operations-port', '0'];
    const cert = ['--certificate-folder', folder, '--inject-ca-from', `${NAMESPACE}/${CERTIFICATE}`];
    const process = SluiceProcess.launch({
      kubeconfig: plane.kubeconfigPath,
      roles: 'webhook',
      args: ['--read-only', ...ports, ...cert, '--certificate-seconds', '1'],
    });
    try {
      await process.during(process.printed('the serving certificate needs care'));
      expect(process.log()).to.not.match(/\bready\b.*operations/);
      expect(process.log()).to.match(typeof want === 'string' ? new RegExp(want.replaceAll('.', '\\.')) : want);
    } finally {
      await process.kill();
    }
  }
});

function byName(text: string): Map<string, JsonObject> {
  const objects = parseAllDocuments(text).map((document) => document.toJS() as JsonObject | null);
  return new Map(
    objects
      .filter((object) => object !== null)
      .map((object) => [`${stringAt(object, ['kind'])} ${stringAt(object, ['metadata', 'name'])}`, object]),
  );
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(1);
}

function tell(line: string): void {
  console.log(`      ${line}`);
}

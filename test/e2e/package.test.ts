import { expect } from 'chai';
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { ROOT, runNode } from '../../tools/run-node.ts';
import { startControlPlane } from '../control-plane/launch.ts';
import type { ControlPlane } from '../control-plane/launch.ts';
import { parseAllDocuments } from 'yaml';
import { arrayAt, isJsonObject, stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { rolesOf } from '../../tools/deploy/rights.ts';
import { KubeClient } from '../control-plane/kube-client.ts';
import { ActedInstallation } from './support/deploy/acted-installation.ts';
import { untilServed } from './support/deploy/served.ts';
import { askedRequests } from './support/deploy/audit-log.ts';
import type { AskedRequest } from './support/deploy/audit-log.ts';
import { idleReasons, unexplained } from './support/deploy/unused-rights.ts';
import { objectList } from './support/deploy/object-list.ts';
import { writesAllowed } from './support/deploy/write-attempts.ts';
import { applied } from './support/manifest.ts';
import { runSluice } from './support/sluice-process.ts';
import { looseEnds } from '../support/installation/loose-ends.ts';

const run = promisify(execFile);
const TEAM = 'team-a';
const INSTALL = join(ROOT, 'manifests/install.yaml');
const KUSTOMIZE = join(ROOT, 'manifests/kustomize');
const NAMESPACE = 'sluice-system';
const SLICES = ['get', 'endpointslices', '-n', NAMESPACE, '-l', 'kubernetes.io/service-name=sluice-webhook'];
const ENDPOINTS = [...SLICES, '-o', 'jsonpath={.items[*].endpoints[*].addresses}'];
const ACCOUNTS = ['sluice', 'sluice-webhook'] as const;
const ACCOUNT = `system:serviceaccount:${NAMESPACE}:sluice`;

describe('the package', function () {
  this.timeout(120_000);
  let folder = '';
  let root = '';

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-package-'));
    const dist = join(folder, 'dist');
    const built = await runNode(['tools/build.ts', dist]);
    expect(built.code, built.stderr).to.equal(0);
    const packed = await run('npm', ['pack', dist, '--pack-destination', folder, '--silent']);
    await run('tar', ['-xzf', join(folder, packed.stdout.trim()), '-C', folder]);
    root = join(folder, 'package');
    // Installed packages stand in for what `npm install` would fetch.
    await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  });

  after(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  it('holds built JavaScript, and nothing that has to be stripped of types', async () => {
    const files = await readdir(root, { recursive: true });
    expect(files.filter((file) => file.endsWith('.ts'))).to.deep.equal([]);
    expect(files).to.include.members(['src/cli/serve/engine-worker.js', 'manifests/rbac/scheduler.yaml', 'LICENSE']);
  });

  it('tells its version, and every program that it names is there', async () => {
    const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
      readonly version: string;
      readonly bin: Readonly<Record<string, string>>;
    };
    for (const [name, path] of Object.entries(manifest.bin)) {
      const told = await runNode([join(root, path), name.startsWith('kubectl_complete') ? 'get' : '--help'], folder);
      expect(told.code, `${name}: ${told.stderr}`).to.equal(0);
    }
    const told = await runNode([join(root, 'bin/sluice.js'), '--version'], folder);
    expect(told.stdout.trim()).to.equal(manifest.version);
  });

  describe('installed by manifests/install.yaml on a real control plane', () => {
    let plane: ControlPlane;
    let node: string;
    let acted: ActedInstallation | undefined;
    let atFirst: readonly string[];

    before(async () => {
      // Services lead to pods without a proxy then.
      const apiserver = ['--enable-aggregator-routing=true'];
      plane = await startControlPlane({ audit: 'requests', extraArgs: { 'kube-apiserver': apiserver } });
      [node = ''] = await plane.applyNodes([{ count: 1, cpu: '4', memory: '8Gi', gpus: 0 }]);
      atFirst = await objectList(plane);
    });

    after(async () => {
      await acted?.stop();
      await plane?.stop();
    });

    it('has every object accepted, by a second apply as well, and nobody is warned', async () => {
      for (let time = 0; time < 2; time += 1) {
        const { code, stderr } = await plane.kubectl(['apply', '--server-side', '-f', INSTALL]);
        expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
      }
    });

    it('is the same by kustomize, and takes the certificate of cert-manager with its overlay', async () => {
      const flat = await readFile(INSTALL, 'utf8');
      const base = await plane.kubectl(['kustomize', join(KUSTOMIZE, 'base')]);
      expect(namesIn(base.stdout)).to.deep.equal(namesIn(flat));
      const { stdout } = await plane.kubectl(['kustomize', join(KUSTOMIZE, 'overlays/cert-manager')]);
      expect(looseEnds(objectsIn(stdout))).to.deep.equal([]);
      const deployment = objectsIn(stdout).find((object) => stringAt(object, ['kind']) === 'Deployment');
      const { code, stderr } = await plane.kubectl(
        ['apply', '--server-side', '--force-conflicts', '--dry-run=server', '-f', '-'],
        JSON.stringify(deployment),
      );
      expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
      const args = arrayAt(arrayAt(deployment, 'spec', 'template', 'spec', 'containers')[0], 'args');
      expect(args.slice(-4, -2)).to.deep.equal(['--certificate-folder', '/etc/sluice/certificate']);
      const others = namesIn(stdout);
      expect(namesIn(flat).filter((name) => !others.includes(name))).to.deep.equal([
        'Role sluice-authority',
        'Role sluice-serving',
        'RoleBinding sluice-authority',
        'RoleBinding sluice-serving',
        'Secret sluice-ca',
        'Secret sluice-serving',
      ]);
      expect(stdout.match(/cert-manager\.io\/inject-ca-from: sluice-system\/sluice-webhook/g)).to.have.length(2);
    });

    it('runs as the Deployment says, in a namespace that takes restricted pods only', async () => {
      acted = await ActedInstallation.start({ plane, node, image: ['/opt/sluice', root] });
      const { stdout } = await plane.kubectl(['get', 'pods', '-n', NAMESPACE, '-o', 'json']);
      expect(arrayAt(JSON.parse(stdout), 'items').length).to.equal(5);
    });

    it('serves reviews through its Service and starts a gang', async () => {
      await untilServed(plane);
      const labels = { 'sluice.dev/admission': 'enabled' };
      await applied(plane, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: TEAM, labels } });
      await plane.kubectl(['wait', '--for=create', '-n', TEAM, 'serviceaccount/default', '--timeout=30s']);
      const container = { name: 'c', image: 'busybox', resources: { requests: { cpu: '1' } } };
      await applied(plane, {
        apiVersion: 'batch/v1',
        kind: 'Job',
        metadata: { name: 'train', namespace: TEAM },
        spec: {
          parallelism: 2,
          completions: 2,
          template: { spec: { restartPolicy: 'Never', containers: [container] } },
        },
      });
      await plane.kubectl(['wait', '--for=jsonpath={.status.active}=2', '-n', TEAM, 'job/train', '--timeout=30s']);
      for (const kind of ['pods', 'podgroups.scheduling.volcano.sh']) {
        const wait = ['wait', '-n', TEAM, '--timeout=30s', '--all', '--for=jsonpath={.status.phase}=Running', kind];
        const { code, stderr } = await plane.kubectl(wait);
        expect(code, `${stderr}${acted?.log()}`).to.equal(0);
      }
    });

    it('was denied nothing that it asked for', async () => {
      for (const [account, right] of [
        ['sluice', 'create pods/binding'],
        ['sluice-webhook', 'get secrets'],
      ] as const) {
        const asked = await askedBy(account);
        expect(asked.filter(({ status }) => status === 403)).to.deep.equal([]);
        expect(asked.map((one) => one.right)).to.include(right);
      }
    });

    it('has no right without a use: what this run did not take, something else does', async () => {
      for (const account of ACCOUNTS) {
        const taken = new Set((await askedBy(account)).map(({ right }) => right));
        expect(unexplained(taken, rolesOf(account, 'built-in')), account).to.deep.equal([]);
      }
      expect(idleReasons()).to.deep.equal([]);
    });

    it('may write only what is its own, whatever its roles allow', async () => {
      const labels = { 'sluice.dev/policies': 'enabled' };
      const metadata = { name: 'policies', namespace: TEAM, labels };
      const policy = {
        apiVersion: 'sluice.dev/v1alpha1',
        kind: 'NamespacedWorkloadPolicy',
        metadata: { name: 'noted', namespace: TEAM },
        spec: { set: { annotations: { values: { 'example.com/noted': 'yes' } } } },
      };
      const data = { policy: JSON.stringify(policy) };
      await applied(plane, { apiVersion: 'v1', kind: 'ConfigMap', metadata, data });
      const jobs = { apiVersion: 'batch.volcano.sh/v1alpha1', kind: 'Job', name: 'j', uid: 'u' };
      const patched = (patch: object): readonly string[] => [
        'patch',
        'configmap',
        'policies',
        '-n',
        TEAM,
        '--type=merge',
        '-p',
        JSON.stringify(patch),
      ];
      const configMaps = 'Sluice writes ConfigMaps that a Job of Volcano asks for';
      const writes: readonly (readonly [args: readonly string[], why: string])[] = [
        [['create', 'secret', 'generic', 'other', '-n', TEAM], 'Sluice writes its own Secrets'],
        [['create', 'secret', 'generic', 'other', '-n', NAMESPACE], 'Sluice writes its own Secrets'],
        [['create', 'configmap', 'other', '-n', TEAM], configMaps],
        [patched({ data: { policy: 'none' } }), configMaps],
        [patched({ metadata: { ownerReferences: [jobs] } }), configMaps],
        [['run', 'other', '--image=none', '-n', TEAM], "Sluice makes and deletes pods of Volcano's Jobs"],
        [['delete', 'pods', '--all', '-n', NAMESPACE], "Sluice makes and deletes pods of Volcano's Jobs"],
        [patched({ metadata: { annotations: { 'sluice.dev/policies-problem': 'none' } } }), ''],
      ];
      const ends = await Promise.all(
        writes.map(([args]) => plane.kubectl([...args, `--as=${ACCOUNT}`, '--dry-run=server'])),
      );
      for (const [at, { code, stderr }] of ends.entries()) {
        const why = writes[at]?.[1] ?? '';
        expect(code, stderr).to.equal(why === '' ? 0 : 1);
        expect(stderr).to.include(why);
      }
    });

    it('answers reviews as somebody who can write nothing', async () => {
      const path = `/api/v1/namespaces/${NAMESPACE}/serviceaccounts/sluice-webhook/token`;
      const { body } = await plane.client.request('POST', path, { spec: { expirationSeconds: 3600 } });
      const client = new KubeClient({ ...plane, token: stringAt(body, ['status', 'token']) });
      const { tried, allowed } = await writesAllowed(client, NAMESPACE);
      await client.close();
      expect(tried).to.be.greaterThan(300);
      // Questions: nothing of them is stored. All but the last may be asked by everybody.
      expect(allowed).to.deep.equal([
        'create selfsubjectaccessreviews',
        'create selfsubjectreviews',
        'create selfsubjectrulesreviews',
        'create subjectaccessreviews',
      ]);
    });

    it('is found well by the doctor, which names what is broken and what mends it', async () => {
      const well = await runSluice(['doctor', '--kubeconfig', plane.kubeconfigPath]);
      expect({ code: well.code, stderr: well.stderr }, well.stdout).to.deep.equal({ code: 0, stderr: '' });
      expect(well.stdout).to.match(/^ok +kinds +all \d+ kinds are there, as in this release/m);
      expect(well.stdout).to.match(/^ok +installation +sluice-system\/sluice and sluice-system\/sluice-scheduler run/m);
      const elsewhere = { 'app.kubernetes.io/name': 'sluice', app: 'none' };
      const template = { metadata: { labels: elsewhere }, spec: { containers: [{ name: 'c', image: 'none' }] } };
      await applied(plane, {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'sluice', namespace: TEAM, labels: elsewhere },
        spec: { replicas: 0, selector: { matchLabels: elsewhere }, template },
      });
      await plane.kubectl(['delete', 'flowschema', 'sluice']);
      await plane.kubectl(['delete', 'clusterrolebinding', 'sluice-controllers']);
      const nobody = JSON.stringify({ spec: { selector: { nobody: 'here' } } });
      await plane.kubectl(['patch', 'service', 'sluice-webhook', '-n', NAMESPACE, '--type=merge', '-p', nobody]);
      while ((await plane.kubectl(ENDPOINTS)).stdout !== '') await sleep(100);
      const { code, stdout } = await runSluice(['doctor', '--kubeconfig', plane.kubeconfigPath]);
      expect(code).to.equal(1);
      for (const told of [
        /^WRONG installation +Sluice is installed more than once, in sluice-system and team-a/m,
        /^WRONG rights +the account sluice-system\/sluice lacks rights: \w+ \S+/m,
        /^WRONG webhooks +reviews go to the Service sluice-system\/sluice-webhook, which leads to no ready pod/m,
        /^note +fairness +there is no FlowSchema sluice/m,
      ])
        expect(stdout).to.match(told);
      const mended = await plane.kubectl(['apply', '--server-side', '--force-conflicts', '-f', INSTALL]);
      expect(mended.code, mended.stderr).to.equal(0);
    });

    it('leaves nothing when it is taken away', async () => {
      await plane.kubectl(['delete', 'namespace', TEAM]);
      const { code, stderr } = await plane.kubectl(['delete', '-f', INSTALL, '--timeout=60s']);
      expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
      expect(await objectList(plane)).to.deep.equal(atFirst);
    });

    async function askedBy(account: (typeof ACCOUNTS)[number]): Promise<readonly AskedRequest[]> {
      const name = `system:serviceaccount:${NAMESPACE}:${account}`;
      return (await askedRequests(plane)).filter(({ user }) => user === name);
    }
  });
});

function objectsIn(text: string): readonly JsonObject[] {
  return parseAllDocuments(text)
    .map((document): unknown => document.toJS())
    .filter(isJsonObject);
}

function namesIn(text: string): readonly string[] {
  return objectsIn(text)
    .map((object) => `${stringAt(object, ['kind'])} ${stringAt(object, ['metadata', 'name'])}`)
    .toSorted();
}

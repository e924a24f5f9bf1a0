import { expect } from 'chai';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { volcanoObjects } from '../../examples/quickstart/volcano-objects.ts';
import { volcanoRelease } from '../../src/api/volcano-release.ts';
import { arrayAt, member, memberAt, stringAt, textOf } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { ROOT } from '../../tools/run-node.ts';
import { installOrSkip } from '../clients/support/no-answer.ts';
import { startControlPlane } from '../control-plane/launch.ts';
import type { ControlPlane } from '../control-plane/launch.ts';
import { objectList } from '../e2e/support/deploy/object-list.ts';
import { applied, inNamespace, job, optedInNamespace, pod } from '../e2e/support/manifest.ts';
import type { Manifest } from '../e2e/support/manifest.ts';
import { looseEnds } from '../support/installation/loose-ends.ts';
import { ActedDeployments } from './support/acted-deployments.ts';
import { Helm } from './support/helm.ts';

const NAMESPACE = 'sluice-system';
const TEAM = 'team-a';
const HOME = 'volcano-system';
const RELEASE = 'v';
const VERSION = ['--kube-version', '1.37.2'];
const MONITORING = 'serviceMonitor.enabled=true,prometheusRule.enabled=true,dashboard.enabled=true';
/** One pod: more would listen on the same ports of this machine. */
const SETTINGS = ['--set', `replicas=1,schedulerReplicas=1,crds.keep=false,${MONITORING}`];
const WAIT = ['--wait', '--timeout', '120s', '-n', NAMESPACE];

for (const major of [3, 4] as const)
  describe(`the chart, by the real Helm ${major}`, function () {
    this.timeout(300_000);
    let helm: Helm;

    before(async function () {
      this.timeout(1_800_000);
      await installOrSkip(this, async () => {
        helm = await Helm.install(major);
      });
    });

    it('passes lint', async () => {
      expect(await helm.ofChart(['lint', '--strict'], [])).to.include('0 chart(s) failed');
    });

    it('renders with its defaults what install.yaml holds', async () => {
      const rendered = byName(await helm.ofChart(['template', 'sluice'], ['-n', NAMESPACE, ...VERSION]));
      const flat = byName(await readFile(join(ROOT, 'manifests/install.yaml'), 'utf8'));
      flat.delete(`Namespace ${NAMESPACE}`);
      expect([...rendered.keys()].toSorted()).to.deep.equal([...flat.keys()].toSorted());
      for (const [name, object] of flat) expect(withoutKeep(rendered.get(name)), name).to.deep.equal(object);
    });

    const wrong: readonly (readonly [set: string, message: string])[] = [
      ['replicas=many', "at '/replicas': got string, want integer"],
      ['replica=1', "additional properties 'replica' not allowed"],
      ['failurePolicy=Maybe', "value must be one of 'Fail', 'Ignore'"],
      ['image.digest=latest', "at '/image/digest'"],
      ['networkPolicy=true', "at '/networkPolicy': got boolean, want object"],
      ['certificates.mode=vault', "value must be one of 'built-in', 'cert-manager'"],
      ['certificates.issuerRef.name=mine', "at '/certificates/issuerRef/name': maxLength: got 4, want 0"],
      ['certificates.duration=48h', "at '/certificates/duration': maxLength"],
      ['compat.mode=slurm', "value must be one of 'none', 'volcano'"],
      ['compat.mode=volcano,crds.install=false', "at '/compat/release': minLength"],
      ['compat.mode=volcano,compat.release=v', "at '/crds/install': value must be false"],
      ['compat.release=v', "at '/compat/release': maxLength"],
    ];
    for (const [set, message] of wrong)
      it(`refuses ${set}`, async () => {
        const said = await helm.ofChart(['template', 'sluice'], ['--set', set, ...VERSION]).catch(String);
        expect(said).to.include(message);
      });

    const settings: readonly (readonly [set: string, path: readonly string[], want: unknown])[] = [
      ['image.registry=r.example.org,image.tag=v2', ['0', 'image'], 'r.example.org/sluice:v2'],
      [`image.digest=sha256:${'a'.repeat(64)}`, ['0', 'image'], `sluice@sha256:${'a'.repeat(64)}`],
      ['resources.limits.memory=4Gi', ['0', 'resources', 'limits', 'memory'], '4Gi'],
      ['extraEnv[0].name=A,extraEnv[0].value=b', ['0', 'env', '0', 'name'], 'A'],
    ];
    for (const [set, path, want] of settings)
      it(`gives pods what ${set.slice(0, 40)} says`, async () => {
        const text = await helm.ofChart(['template', 'sluice'], ['--set', set, '-n', NAMESPACE, ...VERSION]);
        const containers = memberAt(byName(text).get('Deployment sluice'), 'spec', 'template', 'spec', 'containers');
        expect(path.reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], containers)).to.equal(want);
      });

    const forms: readonly (readonly [set: string, namespace: string])[] = [
      ['crds.install=true', NAMESPACE],
      ['certificates.mode=cert-manager', NAMESPACE],
      ['compat.mode=volcano,compat.release=v,crds.install=false', HOME],
    ];
    for (const [set, namespace] of forms)
      it(`names and selects nothing that is not there, with ${set}`, async () => {
        const text = await helm.ofChart(
          ['template', 'sluice'],
          ['-n', namespace, ...VERSION, '--set', `${set},${MONITORING}`],
        );
        expect(looseEnds([...byName(text).values()])).to.deep.equal([]);
      });

    it('takes the place of Volcano under the names of its objects', async () => {
      const set = 'compat.mode=volcano,compat.release=v,crds.install=false';
      const made = byName(await helm.ofChart(['template', 'sluice'], ['--set', set, '-n', HOME, ...VERSION]));
      const template = memberAt(made.get('Deployment sluice'), 'spec', 'template');
      expect(stringAt(template, ['metadata', 'labels', 'app'])).to.equal('volcano-admission');
      const [webhooks, scheduler] = ['sluice', 'sluice-scheduler'].map((name) =>
        arrayAt(arrayAt(made.get(`Deployment ${name}`), 'spec', 'template', 'spec', 'containers')[0], 'args')
          .map(textOf)
          .join(' '),
      );
      expect(webhooks)
        .to.include('--webhook-port 8443')
        .and.include('--queue-authorisation warn --bypass-authorisation warn')
        .and.include('--compat volcano --release v');
      expect(scheduler).to.include('--compat volcano --release v').and.not.include('scheduler-configmap');
      const configurations = [...made.keys()].filter((name) => name.includes('WebhookConfiguration '));
      expect(configurations).to.include('MutatingWebhookConfiguration volcano-admission-service-jobs-mutate');
      const named = JSON.stringify(arrayAt(made.get('Role sluice-volcano'), 'rules'));
      for (const name of ['scheduler', 'controller', 'sharding']) expect(named).to.include(`v-${name}-configmap`);
      const read = made.get('Role sluice-volcano-webhook');
      expect(arrayAt(read, 'rules')).to.deep.equal([
        {
          apiGroups: [''],
          resources: ['configmaps'],
          verbs: ['list', 'watch'],
          resourceNames: ['v-admission-configmap'],
        },
      ]);
    });

    describe('on a real control plane', () => {
      let plane: ControlPlane;
      let acted: ActedDeployments;
      let node: string;
      let atFirst: readonly string[];
      let installed: readonly string[];

      before(async () => {
        plane = await startControlPlane({
          extraArgs: { 'kube-apiserver': ['--enable-aggregator-routing=true'] },
        });
        [node = ''] = await plane.applyNodes([{ count: 1, cpu: '4', memory: '8Gi', gpus: 0 }]);
        const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' };
        await applied(plane, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE, labels } });
        await applied(plane, optedInNamespace(TEAM), ...['ServiceMonitor', 'PrometheusRule'].map(operatorKind));
        await plane.kubectl(['wait', '--for=condition=Established', 'crd', '--all', '--timeout=30s']);
        atFirst = await objectList(plane);
        acted = new ActedDeployments({ plane, namespace: NAMESPACE, node, image: ['/opt/sluice', ROOT] });
      });

      after(async () => {
        await acted?.stop();
        await plane?.stop();
      });

      it('from nothing to a first gang: install --wait returns when work can be submitted', async () => {
        const startedAt = performance.now();
        await helm.ofChart(['install', 'sluice'], [...SETTINGS, ...WAIT], plane);
        const installedAt = performance.now();
        // At once, with nothing waited for: that is what --wait promises.
        await applied(plane, inNamespace(TEAM, job('first', 3)));
        const wait = ['wait', '-n', TEAM, '--timeout=60s', '--for=jsonpath={.status.phase}=Running'];
        await plane.kubectl(['wait', '-n', TEAM, '--for=jsonpath={.status.active}=3', 'job/first', '--timeout=60s']);
        const { code, stderr } = await plane.kubectl([...wait, '--all', 'podgroups.scheduling.volcano.sh']);
        expect(code, `${stderr}${acted.log()}`).to.equal(0);
        const seconds = [installedAt - startedAt, performance.now() - startedAt].map((ms) => (ms / 1000).toFixed(1));
        console.log(`      installed after ${seconds[0]} s, the first gang ran after ${seconds[1]} s`);
        await plane.kubectl(['delete', 'job', 'first', '-n', TEAM]);
        installed = await specs();
      });

      it('upgrades the pods, and keeps what the server has written', async () => {
        const before = await hooks();
        expect(before).to.be.greaterThan(0);
        await helm.ofChart(['upgrade', 'sluice'], [...SETTINGS, '--set', 'logLevel=debug', ...WAIT], plane);
        expect(await specs()).to.not.deep.equal(installed);
        expect(await hooks()).to.equal(before);
      });

      it('rolls back to what was there', async () => {
        await helm.run(['rollback', 'sluice', '1', ...WAIT], plane);
        expect(await specs()).to.deep.equal(installed);
        expect(await hooks()).to.be.greaterThan(0);
      });

      it('leaves nothing when it is uninstalled', async () => {
        await helm.run(['uninstall', 'sluice', ...WAIT], plane);
        await acted.stop();
        await plane.kubectl(['wait', '--for=delete', 'pods', '--all', '-n', NAMESPACE, '--timeout=60s']);
        const left = await objectList(plane);
        expect(left.filter((one) => !atFirst.includes(one))).to.deep.equal([]);
        expect(left).to.deep.equal(atFirst);
      });

      it('takes the place of a Volcano, and gives it back', async function () {
        // Once is enough: what is rendered is the same.
        if (major === 3) this.skip();
        await plane.kubectl(['apply', '--server-side', '-k', join(ROOT, 'manifests/crds')]);
        await applied(plane, ...(volcanoObjects(RELEASE) as Manifest[]), volcanosService(RELEASE));
        const there = await objectList(plane);
        const volcanos = new ActedDeployments({ plane, namespace: HOME, node, image: ['/opt/sluice', ROOT] });
        const set = `compat.mode=volcano,compat.release=${RELEASE},crds.install=false,replicas=1,schedulerReplicas=1`;
        const wait = ['--wait', '--timeout', '240s', '-n', HOME];
        await helm.ofChart(['install', 'sluice'], ['--set', set, ...wait], plane);
        await applied(plane, inNamespace(TEAM, pod('placed', {}, 'volcano')));
        const bound = ['wait', '-n', TEAM, 'pod/placed', '--for=jsonpath={.status.phase}=Running', '--timeout=60s'];
        const { code, stderr } = await plane.kubectl(bound);
        expect(code, `${stderr}${volcanos.log()}`).to.equal(0);
        const { stdout } = await plane.kubectl(['get', 'pod', 'placed', '-n', TEAM, '-o', 'json']);
        expect(stdout).to.include('volcano');
        await plane.kubectl(['delete', 'pod', 'placed', '-n', TEAM]);
        await plane.kubectl(['delete', 'podgroups.scheduling.volcano.sh', '--all', '-n', TEAM]);
        await helm.run(['uninstall', 'sluice', ...wait], plane);
        await volcanos.stop();
        await plane.kubectl(['wait', '--for=delete', 'pods', '--all', '-n', HOME, '--timeout=60s']);
        // Made of what Volcano's ConfigMaps say; they are Volcano's kinds, and stay.
        const own = (one: string): boolean => !/^(Queue|NodeShard) /.test(one);
        expect((await objectList(plane)).filter(own)).to.deep.equal(there.filter(own));
      });

      /** What the release asks for, without what comes and goes. */
      async function specs(): Promise<readonly string[]> {
        const kinds = 'deployments,poddisruptionbudgets,services,networkpolicies,roles,rolebindings,serviceaccounts';
        const { stdout } = await plane.kubectl(['get', kinds, '-n', NAMESPACE, '-o', 'json']);
        return arrayAt(JSON.parse(stdout), 'items').map((object) =>
          JSON.stringify([stringAt(object, ['kind']), stringAt(object, ['metadata', 'name']), member(object, 'spec')]),
        );
      }

      async function hooks(): Promise<number> {
        const { stdout } = await plane.kubectl(['get', 'mutatingwebhookconfiguration', 'sluice', '-o', 'json']);
        return arrayAt(JSON.parse(stdout), 'webhooks').length;
      }
    });
  });

/** What the chart of Volcano has before its webhooks. */
function volcanosService(release: string): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: volcanoRelease(release).admissionService, namespace: HOME },
    spec: { selector: { app: 'volcano-admission' }, ports: [{ port: 443, targetPort: 8443, protocol: 'TCP' }] },
  };
}

/** A kind of the Prometheus operator, by its name alone. */
function operatorKind(kind: string): object {
  const [group, plural] = ['monitoring.coreos.com', `${kind.toLowerCase()}s`];
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { kind, plural },
      versions: [{ name: 'v1', served: true, storage: true, schema }],
    },
  };
}

function byName(text: string): Map<string, JsonObject> {
  const objects = parseAllDocuments(text)
    .map((document) => document.toJS() as JsonObject | null)
    .filter((object) => object !== null);
  return new Map(
    objects.map((object) => [`${stringAt(object, ['kind'])} ${stringAt(object, ['metadata', 'name'])}`, object]),
  );
}

/** The chart says of kinds that they stay; that is Helm's word alone. */
function withoutKeep(object: JsonObject | undefined): JsonObject | undefined {
  if (object?.['kind'] !== 'CustomResourceDefinition') return object;
  const { annotations: _keep, ...metadata } = member(object, 'metadata') as JsonObject;
  return { ...object, metadata };
}

import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { arrayAt, isJsonObject, textOf } from '../../../src/lib/json.ts';
import type { JsonObject, JsonValue } from '../../../src/lib/json.ts';
import { applyPatch } from '../../../src/lib/json-patch-apply.ts';
import { fixedSettings } from '../../../tools/deploy/chosen.ts';
import { dashboardText } from '../../../tools/deploy/dashboard.ts';
import { rights, surroundings, workload } from '../../../tools/deploy/installation.ts';
import { dashboardConfigMap, prometheusRule, serviceMonitor } from '../../../tools/deploy/monitoring.ts';
import type { Settings } from '../../../tools/deploy/settings.ts';
import { defaultsOf, plain } from '../../../tools/deploy/value-defaults.ts';
import { VALUES } from '../../../tools/deploy/values.ts';
import { ROOT } from '../../../tools/run-node.ts';
import { looseEnds } from '../../support/installation/loose-ends.ts';
import { titleOf } from '../../support/installation/objects.ts';

const SETTINGS = fixedSettings(defaultsOf(plain(VALUES)), '1.0.0');
const MONITORING = 'manifests/kustomize/components/monitoring';

function make(settings: Settings): readonly JsonObject[] {
  const objects = [...surroundings(settings), ...rights(settings), ...workload(settings)].map(({ object }) => object);
  const monitoring = [serviceMonitor(settings), prometheusRule(settings)];
  return [...objects, ...monitoring, dashboardConfigMap(settings, dashboardText())];
}

/** Every object of a file, or of what the kustomization of a folder takes. */
function read(path: string): readonly JsonObject[] {
  if (path.endsWith('.yaml'))
    return parseAllDocuments(readFileSync(join(ROOT, path), 'utf8'))
      .map((one): unknown => one.toJS())
      .filter(isJsonObject);
  const [kustomization] = read(join(path, 'kustomization.yaml'));
  return arrayAt(kustomization, 'resources').flatMap((resource) => read(join(path, textOf(resource))));
}

describe('what an installation names or selects is there', () => {
  for (const certificates of ['built-in', 'cert-manager'] as const)
    for (const volcano of [undefined, 'v'])
      it(`with certificates ${certificates}${volcano === undefined ? '' : ', in the place of Volcano'}`, () => {
        const namespace = volcano === undefined ? SETTINGS.namespace : 'volcano-system';
        expect(looseEnds(make({ ...SETTINGS, certificates, volcano, namespace }))).to.deep.equal([]);
      });

  for (const form of ['manifests/install.yaml', 'manifests/kustomize/base'])
    it(`in ${form}, with the component of monitoring`, () => {
      expect(looseEnds([form, MONITORING].flatMap(read))).to.deep.equal([]);
    });

  const NAME = '/metadata/name';
  const breaks: readonly (readonly [title: string, path: string, value: JsonValue, want: string])[] = [
    [
      'Deployment sluice',
      '/spec/selector/matchLabels',
      { 'app.kubernetes.io/name': 'sluice' },
      'does not select its own',
    ],
    ['Deployment sluice', '/spec/template/spec/containers/0/ports/1/name', 'ops', 'probes the port operations'],
    ['Deployment sluice', '/spec/template/spec/containers/0/ports/0/containerPort', 1, 'listens on another port'],
    ['Deployment sluice', '/metadata/namespace', 'other', 'is told another namespace'],
    ['Deployment sluice', '/spec/template/spec/volumes/0/name', 'x', 'mounts certificate, which is no volume'],
    ['Deployment sluice', '/spec/template/spec/serviceAccountName', 'x', 'runs as x, which is not there'],
    [
      'Deployment sluice',
      '/spec/template/spec/topologySpreadConstraints/0/matchLabelKeys',
      [],
      'is not spread over topology.kubernetes.io/zone by its own pods',
    ],
    ['Secret sluice-webhook-certificate', NAME, 'x', 'mounts the Secret sluice-webhook-certificate'],
    ['Secret sluice-webhook-certificate', NAME, 'x', 'goes to the Secret sluice-webhook-certificate'],
    ['Service sluice-webhook', '/spec/selector/app.kubernetes.io~1component', 'x', 'leads to nobody'],
    ['Service sluice-webhook', '/spec/selector', { 'app.kubernetes.io/name': 'sluice' }, 'which not all have'],
    ['Service sluice-webhook', NAME, 'x', 'is for sluice-webhook.sluice-system.svc, which is no Service'],
    ['PodDisruptionBudget sluice', '/spec/selector/matchLabels', { 'app.kubernetes.io/name': 'sluice' }, 'covers 2'],
    ['PodDisruptionBudget sluice', '/spec/selector/matchLabels', { a: 'b' }, 'Deployment sluice has 0 budgets'],
    ['NetworkPolicy sluice', '/spec/podSelector/matchLabels', { a: 'b' }, 'Deployment sluice has no NetworkPolicy'],
    ['NetworkPolicy sluice', '/spec/ingress/0/ports/0/port', 'web', 'closes the port webhook'],
    ['NetworkPolicy sluice', '/spec/ingress/0/ports/0/port', 'web', 'opens web, on which nobody listens'],
    ['Issuer sluice-authority', NAME, 'x', 'is signed by sluice-authority, who is not there'],
    ['Certificate sluice-webhook', NAME, 'x', 'trusts the Certificate sluice-system/sluice-webhook'],
    ['ServiceAccount sluice', NAME, 'x', "ServiceAccount x is nobody's"],
    ['ClusterRole sluice-scheduler', NAME, 'x', 'gives ClusterRole sluice-scheduler, which is not there'],
    ['ClusterRole sluice-scheduler', NAME, 'x', 'ClusterRole x is bound to nobody'],
    ['ClusterRole sluice-workloads-built-in', '/metadata/labels', {}, 'is bound to nobody'],
    ['RoleBinding sluice-submitters', '/subjects/0/namespace', 'x', 'is for sluice, who is not there'],
    ['FlowSchema sluice', '/spec/rules/0/subjects/0/serviceAccount/name', 'x', 'leaves system:serviceaccount'],
    ['FlowSchema sluice', '/spec/rules/0/subjects/0/serviceAccount/name', 'x', ':x, as whom nobody runs'],
    ['PriorityLevelConfiguration sluice', NAME, 'x', 'leads to sluice, which is not there'],
    ['ValidatingAdmissionPolicy sluice-own-writes', NAME, 'x', 'ValidatingAdmissionPolicy x is not in force'],
    ['ValidatingAdmissionPolicy sluice-own-writes', NAME, 'x', 'puts sluice-own-writes in force, which is not there'],
    [
      'ValidatingAdmissionPolicy sluice-own-writes',
      '/spec/matchConditions/0/expression',
      "x == 'system:serviceaccount:a:b'",
      'is about system:serviceaccount:a:b, as whom nobody runs',
    ],
    ['ServiceMonitor sluice', '/spec/selector/matchLabels', { 'app.kubernetes.io/name': 'sluice' }, 'finds 2 Services'],
    ['ServiceMonitor sluice', '/spec/endpoints/0/port', 'x', 'reads the port x'],
    [
      'Service sluice-metrics',
      '/spec/selector/app.kubernetes.io~1component',
      'server',
      'does not read Deployment sluice-scheduler',
    ],
    [
      'PrometheusRule sluice',
      '/spec/groups/0/rules/0/expr',
      'absent(sluice_x)',
      'asks for sluice_x, which is no metric',
    ],
    ['PrometheusRule sluice', '/spec/groups/0/rules/0/expr', 'vector(1)', 'asks for no metric'],
    ['PrometheusRule sluice', '/spec/groups/0/rules/0/annotations/runbook_url', 'docs/x.md', 'which is no page'],
    ['ConfigMap sluice-dashboard', '/data/sluice.json', '{"expr": "sluice_y"}', 'sluice.json asks for sluice_y'],
  ];
  for (const [title, path, value, want] of breaks)
    it(`and it is told where ${title} has ${JSON.stringify(value)} as ${path}`, () => {
      const objects = make({ ...SETTINGS, certificates: 'cert-manager' });
      const broken = objects.map((object) =>
        titleOf(object) === title ? (applyPatch(object, [{ op: 'add', path, value }]) as JsonObject) : object,
      );
      expect(looseEnds(broken).join('\n')).to.include(want);
    });
});

import { KINDS } from '../../src/api/kinds.ts';
import { kindFileName } from './kind-file-name.ts';
import { dashboardText } from './dashboard.ts';
import { yamlText } from './document.ts';
import { surroundings, workload } from './installation.ts';
import { dashboardConfigMap, prometheusRule, serviceMonitor } from './monitoring.ts';
import { DEPLOYED } from './rights.ts';
import type { Settings } from './settings.ts';

/** The layout for kustomize: `base` is what install.yaml holds. */
export function kustomizations(header: string, settings: Settings): ReadonlyMap<string, string> {
  const objects = [...surroundings(settings), ...workload(settings)].map(({ object }) => object);
  const monitoring = [
    serviceMonitor(settings),
    prometheusRule(settings),
    dashboardConfigMap(settings, dashboardText()),
  ];
  return new Map([
    ['manifests/kustomize/components/monitoring/monitoring.yaml', yamlText(header, monitoring)],
    [
      'manifests/kustomize/components/monitoring/kustomization.yaml',
      yamlText(header, [
        { apiVersion: 'kustomize.config.k8s.io/v1alpha1', kind: 'Component', resources: ['monitoring.yaml'] },
      ]),
    ],
    ['manifests/kustomize/base/server.yaml', yamlText(header, objects)],
    ['manifests/kustomize/base/kustomization.yaml', of(header, ['server.yaml', '../../rbac', '../../crds'])],
    ['manifests/crds/kustomization.yaml', of(header, KINDS.map(kindFileName))],
    ['manifests/rbac/kustomization.yaml', of(header, [...DEPLOYED, 'workloads'])],
  ]);
}

function of(header: string, names: readonly string[]): string {
  const resources = names.map((name) => (/[./]/.test(name) ? name : `${name}.yaml`));
  return yamlText(header, [{ apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization', resources }]);
}

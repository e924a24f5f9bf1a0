import { KINDS } from '../../src/api/kinds.ts';
import { kindFileName } from './kind-file-name.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { certificatePatches, certificates } from './cert-manager.ts';
import { dashboardText } from './dashboard.ts';
import { yamlText } from './document.ts';
import { surroundings, workload } from './installation.ts';
import { dashboardConfigMap, prometheusRule, serviceMonitor } from './monitoring.ts';
import { DEPLOYED } from './rights.ts';
import type { Settings } from './settings.ts';

const KUSTOMIZATION = { apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization' };

/** The layout for kustomize: `base` is what install.yaml holds. */
export function kustomizations(header: string, settings: Settings): ReadonlyMap<string, string> {
  const objects = [...surroundings(settings), ...workload(settings)].map(({ object }) => object);
  const monitoring = [
    serviceMonitor(settings),
    prometheusRule(settings),
    dashboardConfigMap(settings, dashboardText()),
  ];
  return new Map([
    ...component(header, 'monitoring', monitoring),
    ...component(header, 'cert-manager', certificates(settings), certificatePatches(settings)),
    [
      'manifests/kustomize/overlays/cert-manager/kustomization.yaml',
      yamlText(header, [
        { ...KUSTOMIZATION, resources: ['../../base'], components: ['../../components/cert-manager'] },
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
  return yamlText(header, [{ ...KUSTOMIZATION, resources }]);
}

/** Something that may be added to the base. */
function component(
  header: string,
  name: string,
  objects: readonly JsonObject[],
  patches: readonly JsonObject[] = [],
): readonly (readonly [string, string])[] {
  const folder = `manifests/kustomize/components/${name}`;
  const about = { apiVersion: 'kustomize.config.k8s.io/v1alpha1', kind: 'Component', resources: [`${name}.yaml`] };
  return [
    [`${folder}/${name}.yaml`, yamlText(header, objects)],
    [`${folder}/kustomization.yaml`, yamlText(header, [{ ...about, ...(patches.length === 0 ? {} : { patches }) }])],
  ];
}

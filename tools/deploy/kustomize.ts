import { KINDS } from '../../src/api/kinds/kinds.ts';
import { kindFileName } from './kind-file-name.ts';
import { stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { dashboardText } from './dashboard.ts';
import { yamlText } from './document.ts';
import type { Document } from './document.ts';
import { rights, surroundings, workload } from './installation.ts';
import { toCertManager } from './modes.ts';
import { dashboardConfigMap, prometheusRule, serviceMonitor } from './monitoring.ts';
import { deployedRoles } from './rights.ts';
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
    ...certManager(header, settings),
    [
      'manifests/kustomize/overlays/cert-manager/kustomization.yaml',
      yamlText(header, [
        { ...KUSTOMIZATION, resources: ['../../base'], components: ['../../components/cert-manager'] },
      ]),
    ],
    ['manifests/kustomize/base/server.yaml', yamlText(header, objects)],
    ['manifests/kustomize/base/kustomization.yaml', of(header, ['server.yaml', '../../rbac', '../../crds'])],
    ['manifests/crds/kustomization.yaml', of(header, KINDS.map(kindFileName))],
    ['manifests/rbac/kustomization.yaml', of(header, [...deployedRoles(settings.certificates), 'workloads'])],
  ]);
}

/** Made from how the objects differ, so that it cannot be forgotten. */
function certManager(header: string, settings: Settings): readonly (readonly [string, string])[] {
  const make = (one: Settings): readonly Document[] => [...surroundings(one), ...rights(one), ...workload(one)];
  const { added, gone, changed } = toCertManager(make, settings);
  const patches = [
    ...gone.map(({ apiVersion, kind, metadata }) => {
      const { name, namespace } = metadata as { readonly name: string; readonly namespace: string };
      const removed = { $patch: 'delete', apiVersion, kind, metadata: { name, namespace } };
      return { patch: JSON.stringify(removed, undefined, 2) };
    }),
    ...changed.map(({ object, operations }) => ({
      target: { kind: stringAt(object, ['kind']), name: stringAt(object, ['metadata', 'name']) },
      patch: JSON.stringify(operations, undefined, 2),
    })),
  ];
  return component(header, 'cert-manager', added, patches);
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

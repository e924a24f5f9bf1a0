import { customResourceDefinition } from '../../src/api/kinds/crd.ts';
import { KINDS } from '../../src/api/kinds/kinds.ts';
import { member } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { inside, template, whole } from './chart-text.ts';
import { chartSettings } from './chosen.ts';
import { dashboardText } from './dashboard.ts';
import { yamlText } from './document.ts';
import type { Document } from './document.ts';
import { rights, surroundings, workload } from './installation.ts';
import { own } from './labels.ts';
import { ofAllModes } from './modes.ts';
import { dashboardConfigMap, prometheusRule, serviceMonitor } from './monitoring.ts';
import { SCHEDULER_CONFIGURATION } from './settings.ts';
import type { Settings } from './settings.ts';
import { plain, valuesText } from './value-defaults.ts';
import { VALUES } from './values.ts';

const DASHBOARD = 'files/dashboard.json';

/** The files of the chart. */
export function chart(header: string, version: string): ReadonlyMap<string, string> {
  const settings = chartSettings(whole, inside);
  const release = inside('.Values.compat.release');
  const templates: Readonly<Record<string, readonly Document[]>> = {
    crds: kinds(),
    rights: ofAllModes(rights, settings, release),
    server: ofAllModes((one) => [...surroundings(one), ...workload(one)], settings, release).filter(
      ({ when }) => when !== 'static',
    ),
    monitoring: [
      { object: serviceMonitor(settings), when: 'serviceMonitor.enabled' },
      { object: prometheusRule(settings), when: 'prometheusRule.enabled' },
      {
        // Its legends look like expressions, so it stands in a file.
        object: dashboardConfigMap(settings, whole(`.Files.Get "${DASHBOARD}" | toJson`)),
        when: 'dashboard.enabled',
      },
    ],
    scheduler: [{ object: schedulerConfiguration(settings), when: 'schedulerConfiguration' }],
  };
  const files = new Map([
    ['Chart.yaml', yamlText(header, [about(version)])],
    ['values.yaml', valuesText(header, plain(VALUES))],
    ['values.schema.json', `${JSON.stringify(schema(header), undefined, 2)}\n`],
    [DASHBOARD, dashboardText()],
    ['templates/_helpers.tpl', HELPERS],
    ['templates/NOTES.txt', NOTES],
    ...Object.entries(templates).map(
      ([name, documents]) => [`templates/${name}.yaml`, template(header, documents)] as const,
    ),
  ]);
  return new Map([...files].map(([name, text]) => [`manifests/chart/${name}`, text]));
}

function about(version: string): JsonObject {
  return {
    apiVersion: 'v2',
    name: 'sluice',
    description: 'An admission-first batch system for Kubernetes: gangs, queues and fair share from the front door',
    type: 'application',
    version,
    appVersion: version,
    kubeVersion: '>=1.34.0-0',
  };
}

function schema(header: string): object {
  return { $schema: 'http://json-schema.org/draft-07/schema#', $comment: header, ...plain(VALUES) };
}

/** Among the templates, where Helm upgrades them too; what is stored in them goes with them, so they stay unless asked. */
function kinds(): readonly Document[] {
  return KINDS.map((kind) => {
    const crd = customResourceDefinition(kind);
    const annotations = whole('if .Values.crds.keep }}{"helm.sh/resource-policy": "keep"}{{ else }}{}{{ end');
    const metadata = { ...(member(crd, 'metadata') as JsonObject), annotations };
    return { object: { ...crd, metadata }, when: 'crds.install' };
  });
}

function schedulerConfiguration(settings: Settings): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: own(SCHEDULER_CONFIGURATION, settings),
    data: { 'volcano-scheduler.conf': whole('toJson .Values.schedulerConfiguration') },
  };
}

const HELPERS = `{{/* Name of the image: the digest counts, else the tag, else the version of the chart. */}}
{{- define "sluice.image" -}}
{{- with .Values.image -}}
{{- if .registry }}{{ .registry }}/{{ end }}{{ .repository }}
{{- if .digest }}@{{ .digest }}{{ else }}:{{ .tag | default $.Chart.AppVersion }}{{ end }}
{{- end -}}
{{- end -}}
`;

const NOTES = `Sluice {{ .Chart.AppVersion }} runs in {{ .Release.Namespace }}.

1. Opt a namespace in; nothing else is touched:
   kubectl label namespace TEAM sluice.dev/admission=enabled
2. Submit a Job there, and look at it:
   kubectl -n TEAM get podgroups.scheduling.volcano.sh

Where a group waits, its conditions say why.
{{- if eq .Values.certificates.mode "cert-manager" }}
Pods start once cert-manager has issued their certificate:
   kubectl -n {{ .Release.Namespace }} describe certificate sluice-webhook
{{- end }}
{{- if not .Values.crds.keep }}
Uninstalling takes the kinds away, and with them all queues and groups.
{{- end }}
`;

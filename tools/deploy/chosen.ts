import type { JsonValue } from '../../src/lib/json.ts';
import { LIVES, OWN_ISSUER } from './cert-manager.ts';
import { NAMESPACE } from './settings.ts';
import type { Settings } from './settings.ts';
import { valueAt } from './value-defaults.ts';

/** Where each setting stands among the chart's values. */
const PATHS = {
  imagePullPolicy: 'image.pullPolicy',
  imagePullSecrets: 'image.pullSecrets',
  replicas: 'replicas',
  schedulerReplicas: 'schedulerReplicas',
  resources: 'resources',
  nodeSelector: 'nodeSelector',
  tolerations: 'tolerations',
  affinity: 'affinity',
  topologySpreadConstraints: 'topologySpreadConstraints',
  priorityClassName: 'priorityClassName',
  podAnnotations: 'podAnnotations',
  podSecurityContext: 'podSecurityContext',
  containerSecurityContext: 'containerSecurityContext',
  extraEnv: 'extraEnv',
  maxUnavailable: 'podDisruptionBudget.maxUnavailable',
  failurePolicy: 'failurePolicy',
  neverFits: 'neverFits',
  logLevel: 'logLevel',
  operationsFrom: 'networkPolicy.operationsFrom',
  egress: 'networkPolicy.egress',
} as const satisfies Partial<Record<keyof Settings, string>>;

type Pathed = { readonly [Key in keyof typeof PATHS]: JsonValue };

/** Fixed settings, from values; with certificates of Sluice itself, which is the default. */
export function fixedSettings(values: JsonValue, version: string): Settings {
  return {
    ...pathed((path) => valueAt(values, path)),
    namespace: NAMESPACE,
    version,
    image: `${textAt(values, 'image.repository')}:${version}`,
    leaseSeconds: textAt(values, 'leaseSeconds'),
    runbooks: textAt(values, 'prometheusRule.runbooks'),
    certificates: 'built-in',
    volcano: undefined,
    authorisation: (right, usual) => textAt(values, `${right}Authorisation`) || usual,
    issuerRef: OWN_ISSUER,
    certificateDuration: LIVES.duration,
    certificateRenewBefore: LIVES.renewBefore,
  };
}

/** Settings that the chart's user chooses: `whole` stands for a value, `inside` for a part of a text. */
export function chartSettings(whole: (expression: string) => string, inside: (expression: string) => string): Settings {
  return {
    ...pathed((path) => whole(`toJson .Values.${path}`)),
    namespace: inside('.Release.Namespace'),
    version: whole('toJson .Chart.AppVersion'),
    image: whole('include "sluice.image" . | toJson'),
    leaseSeconds: whole('toString .Values.leaseSeconds | toJson'),
    runbooks: inside('.Values.prometheusRule.runbooks'),
    certificates: 'built-in',
    volcano: undefined,
    authorisation: (right, usual) => whole(`.Values.${right}Authorisation | default "${usual}" | toJson`),
    issuerRef: whole(
      `if .Values.certificates.issuerRef.name }}{{ toJson .Values.certificates.issuerRef }}{{ else }}${JSON.stringify(OWN_ISSUER)}{{ end`,
    ),
    certificateDuration: whole(`.Values.certificates.duration | default "${LIVES.duration}" | toJson`),
    certificateRenewBefore: whole(`.Values.certificates.renewBefore | default "${LIVES.renewBefore}" | toJson`),
  };
}

function textAt(values: JsonValue, path: string): string {
  const value = valueAt(values, path);
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function pathed(value: (path: string) => JsonValue): Pathed {
  const entries = Object.entries(PATHS).map(([key, path]) => [key, value(path)] as const);
  return Object.fromEntries(entries) as Pathed;
}

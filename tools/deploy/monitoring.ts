import type { JsonObject, JsonValue } from '../../src/lib/json.ts';
import { ALERTS } from './alerts.ts';
import type { Alert } from './alerts.ts';
import { EVERY_POD, labels } from './labels.ts';
import { METRICS_SERVICE, NAME } from './settings.ts';
import type { Settings } from './settings.ts';

const API = 'monitoring.coreos.com/v1';

/** Has the Prometheus operator read the metrics of all pods. */
export function serviceMonitor(settings: Settings): JsonObject {
  return {
    apiVersion: API,
    kind: 'ServiceMonitor',
    metadata: metadata(settings),
    spec: {
      selector: { matchLabels: { 'app.kubernetes.io/name': NAME, 'app.kubernetes.io/component': METRICS_SERVICE } },
      endpoints: [{ port: 'operations', path: '/metrics', interval: '15s' }],
    },
  };
}

/** The alerts, each with its page. */
export function prometheusRule(settings: Settings): JsonObject {
  return {
    apiVersion: API,
    kind: 'PrometheusRule',
    metadata: metadata(settings),
    spec: { groups: alertGroups(ALERTS, settings.runbooks) },
  };
}

/** Alerts as Prometheus reads them. */
export function alertGroups(alerts: readonly Alert[], runbooks: string): readonly JsonObject[] {
  return [{ name: NAME, rules: alerts.map((alert) => rule(alert, runbooks)) }];
}

/** A dashboard, as text, where Grafana's sidecar looks for it. */
export function dashboardConfigMap(settings: Settings, dashboard: JsonValue): JsonObject {
  const own = labels(settings);
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'sluice-dashboard', namespace: settings.namespace, labels: { ...own, grafana_dashboard: '1' } },
    data: { 'sluice.json': dashboard },
  };
}

function metadata(settings: Settings): JsonObject {
  return { name: NAME, namespace: settings.namespace, labels: { ...labels(settings), ...EVERY_POD } };
}

function rule({ name, expression, lasts, severity, summary }: Alert, runbooks: string): JsonValue {
  return {
    alert: name,
    expr: expression,
    for: lasts,
    labels: { severity },
    annotations: { summary, runbook_url: `${runbooks}/${name}.md` },
  };
}

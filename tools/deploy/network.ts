import type { JsonObject } from '../../src/lib/json.ts';
import { EVERY_POD, own, selector } from './labels.ts';
import { METRICS_SERVICE, NAME, SERVICE } from './settings.ts';
import type { Settings } from './settings.ts';

/** Where the API server reaches the webhooks. */
export function webhookService(settings: Settings): JsonObject {
  return service(SERVICE, { name: 'webhook', port: 443, targetPort: 'webhook' }, selector('server'), settings);
}

/** Where metrics of all pods are read. */
export function metricsService(settings: Settings): JsonObject {
  return service(METRICS_SERVICE, { name: 'operations', port: 8080, targetPort: 'operations' }, EVERY_POD, settings);
}

function service(name: string, port: JsonObject, pods: JsonObject, settings: Settings): JsonObject {
  const metadata = own(name, settings);
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { ...metadata, labels: { ...(metadata['labels'] as JsonObject), 'app.kubernetes.io/component': name } },
    spec: { type: 'ClusterIP', selector: pods, ports: [{ ...port, protocol: 'TCP' }] },
  };
}

/**
 * The two ports of the pods, and no other; out to what the installation says. No selector of pods matches the API server, so
 * reviews are taken from everywhere: what answers them asks for TLS and tells nothing.
 */
export function networkPolicy(settings: Settings): JsonObject {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: own(NAME, settings),
    spec: {
      podSelector: { matchLabels: EVERY_POD },
      policyTypes: ['Ingress', 'Egress'],
      ingress: [
        { ports: [{ port: 'webhook', protocol: 'TCP' }] },
        { from: settings.operationsFrom, ports: [{ port: 'operations', protocol: 'TCP' }] },
      ],
      egress: settings.egress,
    },
  };
}

import { volcanoRelease } from '../../src/api/volcano-release.ts';
import type { JsonObject } from '../../src/lib/json.ts';

/** The three Deployments of Volcano's chart, with pods that need no image. */
export function volcanoDeployments(release: string, namespace: string, flags: readonly string[] = []): JsonObject[] {
  return [
    ['scheduler', 'volcano-scheduler', 'vc-scheduler', 1, ['--logtostderr', ...flags, '-v=3', '2>&1']] as const,
    ['controllers', 'volcano-controller', 'vc-controller-manager', 2, ['--logtostderr']] as const,
    ['admission', 'volcano-admission', 'vc-webhook-manager', 1, ['--port=8443']] as const,
  ].map(([component, app, image, replicas, args]) => {
    const labels = { app };
    const containers = [{ name: component, image: `docker.io/volcanosh/${image}:v1.15.1`, args: [...args] }];
    return {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: `${release}-${component}`, namespace, labels },
      spec: { replicas, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers } } },
    };
  });
}

/** Changes nothing. */
const PATCH = '[JSONPatch{op: "test", path: "/kind", value: "Job"}]';

/** The bindings that the chart makes of admission policies, as `kubectl apply` of it has them, with policies that judge nothing. */
export function volcanoPolicies(): JsonObject[] {
  const api = { apiVersion: 'admissionregistration.k8s.io/v1' };
  const resourceRules = [
    { operations: ['CREATE'], apiGroups: ['batch.volcano.sh'], apiVersions: ['v1alpha1'], resources: ['jobs'] },
  ];
  const mutation = { patchType: 'JSONPatch', jsonPatch: { expression: PATCH } };
  const [validating, mutating] = ['job-validation-policy', 'volcano-job-mutation-policy'];
  const common = { failurePolicy: 'Fail', matchConstraints: { resourceRules } };
  const labels = { 'volcano.sh/component': 'job-webhook', 'volcano.sh/migration': 'vap' };
  return [
    {
      ...api,
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name: validating },
      spec: { ...common, validations: [{ expression: 'true' }] },
    },
    {
      ...api,
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata: { name: `${validating}-binding`, labels },
      spec: { policyName: validating, validationActions: ['Deny'] },
    },
    {
      ...api,
      kind: 'MutatingAdmissionPolicy',
      metadata: { name: mutating },
      spec: { ...common, reinvocationPolicy: 'Never', mutations: [mutation] },
    },
    {
      ...api,
      kind: 'MutatingAdmissionPolicyBinding',
      metadata: { name: 'volcano-job-mutation-binding' },
      spec: { policyName: mutating },
    },
  ];
}

/** Two of the webhook configurations of Volcano's chart. */
export function volcanoWebhooks(release: string, namespace: string): JsonObject[] {
  const service = { namespace, name: volcanoRelease(release).admissionService, port: 443 };
  return [
    ['MutatingWebhookConfiguration', 'mutate', ['CREATE']] as const,
    ['ValidatingWebhookConfiguration', 'validate', ['CREATE', 'UPDATE']] as const,
  ].map(([kind, verb, operations]) => {
    const rule = { operations: [...operations], apiGroups: ['batch.volcano.sh'], apiVersions: ['v1alpha1'] };
    const webhook = {
      name: `${verb}job.volcano.sh`,
      admissionReviewVersions: ['v1'],
      failurePolicy: 'Fail',
      sideEffects: 'NoneOnDryRun',
      timeoutSeconds: 10,
      clientConfig: { service: { ...service, path: `/jobs/${verb}` }, caBundle: '' },
      namespaceSelector: {
        matchExpressions: [
          { key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: [namespace, 'kube-system'] },
        ],
      },
      rules: [{ ...rule, resources: ['jobs'] }],
    };
    return {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind,
      metadata: { name: `volcano-admission-service-jobs-${verb}` },
      webhooks: [webhook],
    };
  });
}

/** All of them together. */
export function volcanoInstallation(release: string, namespace: string): JsonObject[] {
  return [...volcanoDeployments(release, namespace), ...volcanoWebhooks(release, namespace), ...volcanoPolicies()];
}

import { configurationFile } from '../configuration-file.ts';
import type { RealController } from '../real-controller.ts';

/** Kubeflow Trainer of version 2 with its webhooks; it makes JobSets. */
export const TRAINER: RealController = {
  name: 'trainer',
  module: { path: 'github.com/kubeflow/trainer/v2', version: 'v2.3.0' },
  source: './cmd/trainer-controller-manager',
  // Its overlay also fetches JobSet from the network.
  manifests: ['manifests/base/crds', 'manifests/base/manager', 'manifests/base/webhook'],
  certificate: 'kubeflow-system/kubeflow-trainer-webhook-cert',
  args: (setting) =>
    configurationFile(setting, {
      apiVersion: 'config.trainer.kubeflow.org/v1alpha1',
      metrics: { bindAddress: '0', secureServing: false },
      certManagement: {
        enable: true,
        webhookServiceName: 'kubeflow-trainer-controller-manager',
        webhookSecretName: 'kubeflow-trainer-webhook-cert',
      },
    }),
};

import type { RealController } from '../real-controller.ts';

/** Kubeflow's training operator of version 1 with its webhooks, and without gang scheduling of its own. */
export const TRAINING_OPERATOR: RealController = {
  name: 'training-operator',
  module: { path: 'github.com/kubeflow/training-operator', version: 'v1.9.4' },
  source: './cmd/training-operator.v1',
  manifests: ['manifests/overlays/standalone'],
  certificate: 'kubeflow/training-operator-webhook-cert',
  args: ({ webhookPort, healthPort }) => [
    '--metrics-bind-address=0',
    `--health-probe-bind-address=127.0.0.1:${healthPort}`,
    `--webhook-server-port=${webhookPort}`,
    '--pytorch-init-container-template-file=',
  ],
};

import type { RealController } from '../real-controller.ts';

/** KubeRay's operator, without a batch scheduler of its own and without webhooks. */
export const RAY_OPERATOR: RealController = {
  name: 'ray-operator',
  module: { path: 'github.com/ray-project/kuberay/ray-operator', version: 'v1.5.0' },
  source: '.',
  manifests: ['config/crd'],
  args: ({ healthPort }) => [
    '--metrics-addr=0',
    `--health-probe-bind-address=127.0.0.1:${healthPort}`,
    '--enable-leader-election=false',
  ],
};

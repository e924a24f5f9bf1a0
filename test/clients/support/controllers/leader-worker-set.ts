import { configurationFile } from '../configuration-file.ts';
import type { RealController } from '../real-controller.ts';

/** The controller of LeaderWorkerSet with its webhooks; it makes StatefulSets, whose pods kube-controller-manager makes. */
export const LEADER_WORKER_SET_CONTROLLER: RealController = {
  name: 'lws',
  module: { path: 'sigs.k8s.io/lws', version: 'v0.8.0' },
  source: './cmd',
  manifests: ['config/default'],
  certificate: 'lws-system/lws-webhook-server-cert',
  args: (setting) =>
    configurationFile(setting, {
      apiVersion: 'config.lws.x-k8s.io/v1alpha1',
      metrics: { bindAddress: '0' },
      internalCertManagement: { enable: true },
    }),
};

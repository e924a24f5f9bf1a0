import { configurationFile } from '../configuration-file.ts';
import type { RealController } from '../real-controller.ts';

/** The controller of JobSet with its webhooks. */
export const JOB_SET_CONTROLLER: RealController = {
  name: 'jobset',
  module: { path: 'sigs.k8s.io/jobset', version: 'v0.12.0' },
  source: '.',
  manifests: ['config/default'],
  certificate: 'jobset-system/jobset-webhook-server-cert',
  args: (setting) =>
    configurationFile(setting, {
      apiVersion: 'config.jobset.x-k8s.io/v1alpha1',
      metrics: { bindAddress: '0' },
      internalCertManagement: { enable: true },
    }),
};

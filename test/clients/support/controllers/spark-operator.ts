import type { RealController } from '../real-controller.ts';
import { sparkEnvironment } from '../spark.ts';

/** Kubeflow's operator for Spark, without its webhook; it runs Spark's own client, and wants an API server as pods find it. */
export const SPARK_OPERATOR: RealController = {
  name: 'spark-operator',
  module: { path: 'github.com/kubeflow/spark-operator/v2', version: 'v2.5.2' },
  source: './cmd/operator',
  manifests: ['config/crd'],
  args: ({ healthPort }) => [
    'controller',
    'start',
    '--namespaces=',
    '--enable-ui-service=false',
    `--health-probe-bind-address=127.0.0.1:${healthPort}`,
  ],
  env: async ({ server }) => ({
    ...(await sparkEnvironment()),
    KUBERNETES_SERVICE_HOST: server.hostname,
    KUBERNETES_SERVICE_PORT: server.port,
    KUBERNETES_SERVICE_PORT_HTTPS: server.port,
  }),
};

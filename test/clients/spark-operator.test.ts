import { SPARK_OPERATOR } from './support/controllers/spark-operator.ts';
import { describeClient } from './support/describe-client.ts';
import { ofObject } from './support/object-trial.ts';
import type { Submission } from './support/object-trial.ts';
import { installSpark } from './support/spark.ts';

/** Three CPUs together; the driver is a pod that nobody really runs, so that no executors come. */
function application(executors: number): Submission {
  const pod = { cores: 1, memory: '512m' };
  return {
    apiVersion: 'sparkoperator.k8s.io/v1beta2',
    kind: 'SparkApplication',
    spec: {
      type: 'Scala',
      mode: 'cluster',
      image: 'none',
      sparkVersion: '4.0.0',
      mainClass: 'org.apache.spark.examples.SparkPi',
      mainApplicationFile: 'local:///opt/spark/examples/jars/spark-examples.jar',
      driver: { ...pod, serviceAccount: 'default' },
      executor: { ...pod, instances: executors },
    },
  };
}

describeClient({
  name: "Kubeflow's Spark operator v2.5.2",
  install: installSpark,
  controllers: [SPARK_OPERATOR],
  apiGroups: ['sparkoperator.k8s.io'],
  trials: [
    ofObject({
      client: 'SparkApplication',
      cpus: 4,
      object: application(2),
      groups: [{ minima: { driver: 1, executor: 2 }, pods: { driver: 1 } }],
    }),
  ],
});

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { QUEUE_NAME_LABEL } from '../../src/api/keys.ts';
import { describeClient } from './support/describe-client.ts';
import type { Lab } from './support/lab.ts';
import { installSpark, killInCluster, SPARK_VERSION, startDriver, submitToCluster } from './support/spark.ts';
import type { ExpectedGroup, Place, Trial } from './support/trial.ts';

const STEP = 'org.apache.spark.deploy.k8s.features.VolcanoFeatureStep';
const LABEL = (role: string, { queue }: Place) => ({ [`spark.kubernetes.${role}.label.${QUEUE_NAME_LABEL}`]: queue });

/** The driver stands here and really makes its executors. */
function clientMode(client: string, settings: (place: Place) => Readonly<Record<string, string>>): Trial {
  const drivers = new Map<string, { stop(): Promise<void> }>();
  return {
    client,
    cpus: 2,
    groups: [{ minima: { executor: 1 }, pods: { executor: 2 } }],
    changes: [],
    submit: async (lab, place) => {
      drivers.set(place.namespace, await startDriver(lab, place, { ...LABEL('executor', place), ...settings(place) }));
    },
    remove: async (_lab, { namespace }) => drivers.get(namespace)?.stop(),
  };
}

/** The driver is a pod that nobody really runs: room is kept for its executors, and none come. */
function clusterMode(
  client: string,
  group: ExpectedGroup,
  settings: (lab: Lab, place: Place) => Promise<Readonly<Record<string, string>>>,
): Trial {
  return {
    client,
    cpus: 4,
    groups: [group],
    changes: [],
    submit: async (lab, place) => submitToCluster(lab, place, await settings(lab, place)),
    remove: killInCluster,
  };
}

/** What Spark makes the PodGroup from that its feature step creates. */
async function groupTemplate(lab: Lab, { namespace, queue }: Place): Promise<string> {
  const path = join(lab.guardian.dir, `${namespace}-group.json`);
  await writeFile(path, JSON.stringify({ spec: { minMember: 1, minResources: { cpu: '3' }, queue } }));
  return path;
}

describeClient({
  name: `Spark ${SPARK_VERSION} without an operator`,
  install: installSpark,
  trials: [
    clientMode('Spark, client mode', () => ({})),
    clientMode("Spark, client mode, Volcano's step", () => ({
      'spark.kubernetes.scheduler.name': 'volcano',
      'spark.kubernetes.executor.pod.featureSteps': STEP,
    })),
    clusterMode('Spark, cluster mode', { minima: { driver: 1, executor: 2 }, pods: { driver: 1 } }, (_lab, place) =>
      Promise.resolve({
        ...LABEL('driver', place),
        'spark.kubernetes.driver.annotation.sluice.dev/spark-min-executors': '2',
      }),
    ),
    clusterMode(
      "Spark, cluster mode, Volcano's step",
      { minima: { driver: 1 }, pods: { driver: 1 } },
      async (lab, place) => ({
        'spark.kubernetes.scheduler.name': 'volcano',
        'spark.kubernetes.driver.pod.featureSteps': STEP,
        'spark.kubernetes.executor.pod.featureSteps': STEP,
        'spark.kubernetes.scheduler.volcano.podGroupTemplateFile': await groupTemplate(lab, place),
      }),
    ),
  ],
});

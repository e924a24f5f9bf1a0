import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PODS } from '../../../src/api/resources.ts';
import { stringAt } from '../../../src/lib/json.ts';
import { clientCommand } from './client-command.ts';
import { install } from './installation.ts';
import type { Lab } from './lab.ts';
import { pythonEnvironment } from './python-environment.ts';
import type { Place } from './trial.ts';

/** The first release on PyPI that brings the feature step for Volcano. */
export const SPARK_VERSION = '4.2.0';

/** Starting a driver takes its time on a busy machine. */
const DRIVER_MS = 120_000;
/** Ends with the process that started it: nobody else would end it. */
const DRIVER = `import os, time
from pyspark.sql import SparkSession
parent = os.getppid()
SparkSession.builder.getOrCreate()
while os.getppid() == parent:
    time.sleep(1)
`;

/** Installs Spark; there has to be a Java to run it. */
export async function installSpark(): Promise<string> {
  await install({ what: 'Java', file: 'java', args: ['-version'] });
  return pythonEnvironment(`pyspark-${SPARK_VERSION}`, [`pyspark==${SPARK_VERSION}`]);
}

/** Settings of an application: one CPU and little memory a pod. */
type Settings = Readonly<Record<string, string>>;

function common({ namespace }: Place): Settings {
  return {
    'spark.kubernetes.namespace': namespace,
    'spark.kubernetes.container.image': 'none',
    'spark.executor.instances': '2',
    'spark.executor.memory': '512m',
    'spark.driver.memory': '512m',
    'spark.ui.enabled': 'false',
  };
}

/** Submits in cluster mode: the driver is a pod, which no kubelet here really runs. */
export async function submitToCluster(lab: Lab, place: Place, settings: Settings): Promise<void> {
  const driver = {
    ...common(place),
    'spark.kubernetes.driver.pod.name': 'driver',
    'spark.kubernetes.submission.waitAppCompletion': 'false',
    ...settings,
  };
  const app = ['--class', 'org.apache.spark.examples.SparkPi', 'local:///opt/spark/examples/jars/spark-examples.jar'];
  await sparkSubmit(lab, ['--deploy-mode', 'cluster', ...flags(driver), ...app]);
}

/** Ends what was submitted in cluster mode as its own client does. */
export async function killInCluster(lab: Lab, { namespace }: Place): Promise<void> {
  await sparkSubmit(lab, ['--kill', `${namespace}:driver`]);
}

async function sparkSubmit(lab: Lab, args: readonly string[]): Promise<void> {
  const { file, env } = await sparkProgram();
  await clientCommand(lab, file, ['--master', `k8s://${lab.plane.url}`, ...args], env);
}

/** Starts a driver on this machine, which makes its executors in the cluster; resolves once the first one is there. */
export async function startDriver(lab: Lab, place: Place, settings: Settings): Promise<{ stop(): Promise<void> }> {
  const { file, env } = await sparkProgram();
  const folder = lab.guardian.dir;
  const script = join(folder, 'driver.py');
  await writeFile(script, DRIVER);
  const driver = { ...common(place), 'spark.driver.host': 'localhost', ...settings };
  const running = lab.guardian.start({
    name: `driver-${place.namespace}`,
    file,
    args: ['--master', `k8s://${lab.plane.url}`, '--deploy-mode', 'client', ...flags(driver), script],
    logPath: join(folder, `driver-${place.namespace}.log`),
    cwd: folder,
    env: { PATH: process.env['PATH'], HOME: folder, KUBECONFIG: lab.plane.kubeconfigPath, ...env },
  });
  await lab.history.until(
    `the driver in ${place.namespace} makes an executor`,
    () => lab.history.all(PODS).find((pod) => stringAt(pod, ['metadata', 'namespace']) === place.namespace),
    DRIVER_MS,
  );
  return {
    // Asked to go, a driver takes its executors with it.
    async stop() {
      process.kill(running.pid, 'SIGTERM');
      await running.ended;
    },
  };
}

async function sparkProgram(): Promise<{ readonly file: string; readonly env: NodeJS.ProcessEnv }> {
  const env = await sparkEnvironment();
  return { file: join(env.SPARK_HOME, 'bin/spark-submit'), env };
}

/** Where Spark and its Python are. */
export async function sparkEnvironment() {
  const python = join(await installSpark(), 'bin/python');
  const { stdout } = await promisify(execFile)(python, ['-c', 'import pyspark; print(pyspark.__path__[0])']);
  return { SPARK_HOME: stdout.trim(), PYSPARK_PYTHON: python };
}

function flags(settings: Settings): readonly string[] {
  return Object.entries(settings).flatMap(([key, value]) => ['--conf', `${key}=${value}`]);
}

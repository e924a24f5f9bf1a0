import { parseAmounts } from '../../src/api/amounts.ts';
import { podRequests } from '../../src/api/projections/pod-requests.ts';
import type { ResourceAmounts } from '../../src/api/records/scheduling-shape.ts';
import { arrayAt, stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { jvmMebibytes } from './jvm-size.ts';

/** Spark's configuration as far as a driver pod shows it; most of it may be in a ConfigMap that nobody sees here. */
export type SparkConf = ReadonlyMap<string, string>;

/**
 * Reads the driver's arguments (`--conf k=v` and the short forms of spark-submit) and the variables that carry options.
 * Where a key is set twice the arguments win, as they do in Spark.
 */
export function readSparkConf(podSpec: JsonObject): SparkConf {
  const conf = new Map<string, string>();
  for (const container of arrayAt(podSpec, 'containers')) {
    for (const variable of arrayAt(container, 'env')) readVariable(conf, variable);
    const words = [...arrayAt(container, 'command'), ...arrayAt(container, 'args')];
    readWords(
      conf,
      words.filter((word) => typeof word === 'string'),
    );
  }
  return conf;
}

/**
 * Executors that must start together. With dynamic allocation it is the lower bound that counts, or what Spark asks for
 * first. Undefined when the configuration says nothing.
 */
export function executorsAtStart(conf: SparkConf): number | undefined {
  const isDynamic = conf.get('spark.dynamicAllocation.enabled') === 'true';
  const keys = isDynamic
    ? ['spark.dynamicAllocation.minExecutors', 'spark.dynamicAllocation.initialExecutors', INSTANCES]
    : [INSTANCES];
  return keys.map((key) => whole(conf.get(key))).find((count) => count !== undefined);
}

/**
 * What one executor asks for: cores and memory with its overhead by Spark's own rule. An executor is as large as the
 * driver in whatever the configuration leaves open.
 */
export function executorSize(conf: SparkConf, driverSpec: JsonObject): ResourceAmounts {
  const size = new Map(podRequests(driverSpec));
  const cores = conf.get('spark.kubernetes.executor.request.cores') ?? conf.get('spark.executor.cores') ?? '';
  for (const [name, amount] of parseAmounts({ cpu: cores }, 'up').amounts) size.set(name, amount);
  const memory = memoryKi(conf);
  if (memory !== undefined) size.set('memory', memory);
  const gpus = whole(conf.get('spark.executor.resource.gpu.amount'));
  const vendor = conf.get('spark.executor.resource.gpu.vendor') ?? 'nvidia.com';
  if (gpus !== undefined) size.set(`${vendor}/gpu`, gpus);
  return size;
}

const INSTANCES = 'spark.executor.instances';
/** Not a key of Spark's: the class that the driver was told to run. */
const MAIN_CLASS = '--class';
/** The short forms of spark-submit that say something about executors. */
const SHORT_FORMS: ReadonlyMap<string, string> = new Map([
  ['--num-executors', INSTANCES],
  ['--executor-cores', 'spark.executor.cores'],
  ['--executor-memory', 'spark.executor.memory'],
  ['--class', MAIN_CLASS],
]);
const VARIABLES: ReadonlyMap<string, string> = new Map([
  ['SPARK_EXECUTOR_INSTANCES', INSTANCES],
  ['SPARK_EXECUTOR_CORES', 'spark.executor.cores'],
  ['SPARK_EXECUTOR_MEMORY', 'spark.executor.memory'],
]);
/** Variables whose value is a line of options. */
const OPTION_LINES = /^(SPARK_SUBMIT_OPTS|PYSPARK_SUBMIT_ARGS|SPARK_JAVA_OPT_\d+)$/;
const SYSTEM_PROPERTY = '-Dspark.';
/** Longer option lines than any shell takes are not read. */
const MAX_LINE_LENGTH = 32_768;

function readVariable(conf: Map<string, string>, variable: unknown): void {
  const name = stringAt(variable, ['name']);
  const value = stringAt(variable, ['value']);
  const key = VARIABLES.get(name);
  if (key !== undefined && value !== '') conf.set(key, value);
  if (OPTION_LINES.test(name) && value.length <= MAX_LINE_LENGTH) readWords(conf, value.split(/\s+/));
}

function readWords(conf: Map<string, string>, words: readonly string[]): void {
  for (const [at, word] of words.entries()) {
    const next = words[at + 1] ?? '';
    const short = SHORT_FORMS.get(word);
    if (short !== undefined) conf.set(short, next);
    else if (word === '--conf' || word === '-c') readPair(conf, next);
    else if (word.startsWith('--conf=')) readPair(conf, word.slice('--conf='.length));
    else if (word.startsWith(SYSTEM_PROPERTY)) readPair(conf, word.slice('-D'.length));
  }
}

function readPair(conf: Map<string, string>, pair: string): void {
  const at = pair.indexOf('=');
  if (at > 0) conf.set(pair.slice(0, at), pair.slice(at + 1));
}

/** Spark's rule: the heap, and the larger of a tenth of it and 384 MiB, unless the overhead is given. */
function memoryKi(conf: SparkConf): number | undefined {
  const heap = jvmMebibytes(conf.get('spark.executor.memory'));
  if (heap === undefined) return undefined;
  const given = jvmMebibytes(conf.get('spark.executor.memoryOverhead'));
  const usual = Math.max(Math.floor(heap * overheadFactor(conf)), MIN_OVERHEAD_MI);
  const python = jvmMebibytes(conf.get('spark.executor.pyspark.memory')) ?? 0;
  return (heap + (given ?? usual) + python) * 1024;
}

function overheadFactor(conf: SparkConf): number {
  const given = FACTORS.map((key) => conf.get(key)).find((text) => text !== undefined);
  const factor = Number(given ?? Number.NaN);
  if (factor >= 0) return factor;
  return RUNNERS_BESIDE_THE_JVM.has(conf.get(MAIN_CLASS) ?? '') ? OTHER_OVERHEAD_FACTOR : JVM_OVERHEAD_FACTOR;
}

const FACTORS = ['spark.executor.memoryOverheadFactor', 'spark.kubernetes.memoryOverheadFactor'] as const;
/** What spark-submit runs in a driver for applications in Python and R, whose workers take memory beside the heap. */
const RUNNERS_BESIDE_THE_JVM: ReadonlySet<string> = new Set([
  'org.apache.spark.deploy.PythonRunner',
  'org.apache.spark.deploy.RRunner',
]);
const JVM_OVERHEAD_FACTOR = 0.1;
const OTHER_OVERHEAD_FACTOR = 0.4;
const MIN_OVERHEAD_MI = 384;

function whole(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,6}$/.test(text) ? Number(text) : undefined;
}

import { expect } from 'chai';
import type { JsonObject } from '../../../src/lib/json.ts';
import { SPARK_OPERATOR } from '../../../webhooks/frameworks/kinds/spark-operator.ts';
import { planOfRoot } from '../../../webhooks/frameworks/plan-root.ts';
import { readRoot } from '../../../webhooks/frameworks/read-root.ts';

const [SPARK] = SPARK_OPERATOR;
const DRIVER = { cores: 1, memory: '1g' };

/** What two executors and their driver need together; the driver has 1 CPU and 1024 + 384 MiB unless the case says otherwise. */
const CASES: readonly (readonly [name: string, spec: JsonObject, cpu: string, mebibytes: number])[] = [
  ['a tenth of the heap', { executor: { cores: 2, memory: '10g' } }, '5', 1408 + 2 * (10_240 + 1024)],
  ['384 MiB where a tenth is less', { executor: { memory: '2g' } }, '3', 1408 + 2 * (2048 + 384)],
  ['what is given', { executor: { memory: '2g', memoryOverhead: '3g' } }, '3', 1408 + 2 * (2048 + 3072)],
  [
    'what the configuration gives',
    { executor: { memory: '2g' }, sparkConf: { 'spark.executor.memoryOverhead': '512m' } },
    '3',
    1408 + 2 * (2048 + 512),
  ],
  ['the factor of the application', { memoryOverheadFactor: '0.5', executor: { memory: '2g' } }, '3', 1536 + 2 * 3072],
  [
    'the factor of the executors before that',
    {
      memoryOverheadFactor: '0.5',
      executor: { memory: '2g' },
      sparkConf: { 'spark.executor.memoryOverheadFactor': '1' },
    },
    '3',
    1536 + 2 * 4096,
  ],
  ['two fifths for Python', { type: 'Python', executor: { memory: '10g' } }, '3', 1433 + 2 * (10_240 + 4096)],
  [
    'the memory of Python beside the heap',
    { executor: { memory: '2g' }, sparkConf: { 'spark.executor.pyspark.memory': '1g' } },
    '3',
    1408 + 2 * (2048 + 384 + 1024),
  ],
  ['what Spark takes when nothing is said', { executor: {} }, '3', 1408 + 2 * 1408],
  [
    'a tenth where the factor is no number',
    { memoryOverheadFactor: 'much', executor: { memory: '10g' } },
    '3',
    1408 + 2 * 11_264,
  ],
];

describe('what a SparkApplication asks room for', () => {
  for (const [name, spec, cpu, mebibytes] of CASES) {
    it(`counts ${name} beside the heap`, () => {
      const executor = { instances: 2, ...(spec['executor'] as JsonObject) };
      const object = { spec: { driver: DRIVER, ...spec, executor } };
      if (SPARK === undefined) throw new Error('no SparkApplication');
      const frame = { group: 'g', root: 'r', queue: 'q', owner: 'root' } as const;
      const { minResources } = planOfRoot(SPARK, readRoot(SPARK, object), frame);
      expect(minResources['cpu']).to.equal(cpu);
      expect(inMebibytes(minResources['memory'] ?? '')).to.be.closeTo(mebibytes, 1.5);
    });
  }
});

function inMebibytes(quantity: string): number {
  const found = /^(\d+)(Ki|Mi|Gi)$/.exec(quantity);
  const unit = { Ki: 1 / 1024, Mi: 1, Gi: 1024 }[found?.[2] ?? ''] ?? Number.NaN;
  return Number(found?.[1]) * unit;
}

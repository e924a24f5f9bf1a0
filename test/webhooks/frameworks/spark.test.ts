import { expect } from 'chai';
import fc from 'fast-check';
import { stringAt } from '../../../src/lib/json.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import { sparkGroup } from '../../../webhooks/frameworks/spark.ts';
import { mutatePod } from '../../../webhooks/pods/mutate.ts';
import { created, planOn, request, summary, view } from '../fixture.ts';

const APP = 'spark-6f1d2c3b4a59687766554433221100ff';

function sparkPod(role: string, appId = APP, annotations: JsonObject = {}, labels: JsonObject = {}): JsonObject {
  return {
    metadata: {
      name: `pi-${role}`,
      labels: { 'spark-role': role, 'spark-app-selector': appId, ...labels },
      annotations,
    },
    spec: {
      schedulerName: 'default-scheduler',
      containers: [{ name: 'spark', resources: { requests: { cpu: '1' } } }],
    },
  };
}

/** A group that a driver planned. */
const BY_DRIVER = { origin: 'Pod/pi-driver', tasks: new Map([['driver', 1]]) };

function groupOf(object: JsonObject): string {
  return stringAt(object, ['metadata', 'annotations', 'scheduling.k8s.io/group-name']);
}

function taskOf(object: JsonObject): string {
  return stringAt(object, ['metadata', 'labels', 'volcano.sh/task-spec']);
}

describe('the group of a Spark application', () => {
  const names: Readonly<Record<string, RegExp>> = {
    [APP]: new RegExp(`^${APP}$`),
    'spark-application-1700000000000': /^spark-application-1700000000000$/,
    'app-20260101': /^spark-app-20260101-[0-9a-z]{8}$/,
    'spark-Upper_case': /^spark-upper-case-[0-9a-z]{8}$/,
    [`spark-${'9'.repeat(90)}`]: /^spark-9{48}-[0-9a-z]{8}$/,
    '...': /^spark-[0-9a-z]{8}$/,
  };
  for (const [appId, want] of Object.entries(names)) {
    it(`of ${appId} matches ${want.source}`, () => expect(sparkGroup(appId)).to.match(want));
  }

  it('is a DNS label for every id, and differs for different ids', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (a, b) => {
        expect(sparkGroup(a)).to.match(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/);
        expect(sparkGroup(a) === sparkGroup(b)).to.equal(a === b);
      }),
    );
  });
});

describe('a Spark driver', () => {
  it('plans the application: itself first, then its executors', () => {
    const driver = created(mutatePod, sparkPod('driver', APP, { 'sluice.dev/spark-min-executors': '4' }));
    expect(planOn(driver)).to.deep.include({
      group: APP,
      root: 'pi-driver',
      tasks: [
        { name: 'driver', min: 1, stage: 0 },
        { name: 'executor', min: 4, stage: 1 },
      ],
      minResources: { cpu: '5' },
    });
    expect([groupOf(driver), taskOf(driver)]).to.deep.equal([APP, 'driver']);
    expect(summary(mutatePod(request({ uid: 'other', object: driver }), view()))).to.equal('allow');
  });

  it('asks for no executors unless it says so', () => {
    expect(planOn(created(mutatePod, sparkPod('driver'))).tasks[1]).to.deep.equal({
      name: 'executor',
      min: 0,
      stage: 1,
    });
  });

  const sizes: readonly (readonly [string, JsonObject, JsonObject, number, JsonObject])[] = [
    [
      'asks room for executors as large as itself when nothing tells their size',
      { 'sluice.dev/spark-min-executors': '2' },
      {},
      2,
      { cpu: '3', memory: '6Gi' },
    ],
    [
      'asks room for executors of the size that its annotation gives',
      { 'sluice.dev/spark-min-executors': '2', 'sluice.dev/spark-executor-resources': 'cpu=4, memory=8Gi' },
      {},
      2,
      { cpu: '9', memory: '18Gi' },
    ],
    [
      "takes number and size from Spark's configuration in its arguments",
      {},
      {
        args: [
          'driver',
          '--conf',
          'spark.executor.instances=3',
          '--conf=spark.executor.cores=2',
          '--executor-memory',
          '4g',
        ],
      },
      3,
      // 4 GiB and a tenth of it each.
      { cpu: '7', memory: `${2048 + 3 * (4096 + 409)}Mi` },
    ],
    [
      'adds what Python takes beside the heap: two fifths of it',
      {},
      {
        args: [
          'driver',
          '--class',
          'org.apache.spark.deploy.PythonRunner',
          '--conf',
          'spark.executor.instances=1',
          '--executor-memory',
          '10g',
          'local:///opt/pi.py',
        ],
      },
      1,
      { cpu: '2', memory: '16Gi' },
    ],
    [
      'adds what its configuration says in place of that',
      {},
      {
        args: ['--class', 'org.apache.spark.deploy.PythonRunner', '--executor-memory', '10g'].concat(
          ['instances=1', 'memoryOverheadFactor=0.5'].flatMap((pair) => ['--conf', `spark.executor.${pair}`]),
        ),
      },
      1,
      { cpu: '2', memory: '17Gi' },
    ],
    [
      'takes them from variables',
      {},
      { env: [{ name: 'PYSPARK_SUBMIT_ARGS', value: '--conf spark.executor.instances=1 pyspark-shell' }] },
      1,
      { cpu: '2', memory: '4Gi' },
    ],
    [
      'starts with the lower bound of dynamic allocation',
      {},
      {
        args: ['enabled=true', 'minExecutors=1', 'initialExecutors=6'].flatMap((pair) => [
          '--conf',
          `spark.dynamicAllocation.${pair}`,
        ]),
      },
      1,
      { cpu: '2', memory: '4Gi' },
    ],
    [
      'believes its annotation rather than the configuration',
      { 'sluice.dev/spark-min-executors': '0' },
      { args: ['--conf', 'spark.executor.instances=3'] },
      0,
      { cpu: '1', memory: '2Gi' },
    ],
    [
      'counts GPUs of its executors',
      {},
      { args: ['--num-executors', '2', '-c', 'spark.executor.resource.gpu.amount=1'] },
      2,
      { cpu: '3', memory: '6Gi', 'nvidia.com/gpu': '2' },
    ],
  ];
  for (const [name, annotations, container, executors, minResources] of sizes) {
    it(name, () => {
      const object = sparkPod('driver', APP, annotations);
      const main = { name: 'spark', resources: { requests: { cpu: '1', memory: '2Gi' } }, ...container };
      const plan = planOn(created(mutatePod, { ...object, spec: { containers: [main] } }));
      expect(plan.tasks[1]).to.deep.equal({ name: 'executor', min: executors, stage: 1 });
      expect(plan.minResources).to.deep.equal(minResources);
    });
  }

  it('is refused sizes that are none', () => {
    for (const written of ['cpu', 'cpu=many', '=1', 'cpu=-1']) {
      const object = sparkPod('driver', APP, { 'sluice.dev/spark-executor-resources': written });
      expect(summary(mutatePod(request({ object }), view())), written).to.equal(
        '422 InvalidResources metadata.annotations[sluice.dev/spark-executor-resources]',
      );
    }
  });

  it('is refused a number of executors that is none', () => {
    const object = sparkPod('driver', APP, { 'sluice.dev/spark-min-executors': 'many' });
    expect(summary(mutatePod(request({ object }), view()))).to.equal(
      '422 InvalidMinMember metadata.annotations[sluice.dev/spark-min-executors]',
    );
  });

  it('stays in a group that somebody else named', () => {
    const driver = created(mutatePod, sparkPod('driver', APP, { 'scheduling.k8s.io/group-name': 'mine' }));
    expect([groupOf(driver), taskOf(driver)]).to.deep.equal(['mine', '']);
  });
});

describe('a Spark executor', () => {
  const known = view({ groups: [{ namespace: 'team-a', name: APP, queue: 'blue', ownerUid: 'driver', ...BY_DRIVER }] });

  it("joins its driver, in the driver's queue", () => {
    const executor = created(mutatePod, sparkPod('executor'), known);
    expect([groupOf(executor), taskOf(executor)]).to.deep.equal([APP, 'executor']);
    expect(stringAt(executor, ['metadata', 'labels', 'volcano.sh/queue-name'])).to.equal('blue');
    expect(stringAt(executor, ['metadata', 'annotations', 'sluice.dev/group-plan'])).to.equal('');
  });

  it('passes untouched when it is stamped already', () => {
    const stamped = created(mutatePod, sparkPod('executor'), known);
    const owner = { apiVersion: 'v1', kind: 'Pod', name: 'pi-driver', uid: 'd', controller: true };
    const object = { ...stamped, metadata: { ...(stamped['metadata'] as JsonObject), ownerReferences: [owner] } };
    expect(summary(mutatePod(request({ object }), known))).to.equal('allow');
  });

  it('in client mode carries the plan although the group stands: it goes with the pod that the driver runs in', () => {
    const standing = view({
      groups: [{ namespace: 'team-a', name: APP, queue: 'blue', ownerUid: 'n', origin: 'Pod/nb' }],
    });
    expect(planOn(created(mutatePod, sparkPod('executor'), standing))).to.deep.include({
      group: APP,
      owner: 'controller',
    });
  });

  it("in client mode keeps the name that Spark's feature step gives, and plans what that does not make", () => {
    const group = `${APP}-podgroup`;
    const executor = created(mutatePod, sparkPod('executor', APP, { 'scheduling.k8s.io/group-name': group }));
    expect([groupOf(executor), planOn(executor).group]).to.deep.equal([group, group]);
  });

  it('plans for itself while no driver has: in client mode there is none', () => {
    const executor = created(mutatePod, sparkPod('executor'));
    expect(planOn(executor)).to.deep.include({ group: APP, tasks: [{ name: 'executor', min: 1, stage: 0 }] });
  });
});

describe("a pod with only one of Spark's labels", () => {
  it('is a bare pod', () => {
    expect(groupOf(created(mutatePod, sparkPod('driver', '')))).to.match(/^pi-driver-/);
    expect(groupOf(created(mutatePod, sparkPod('history-server')))).to.match(/^pi-history-server-/);
  });
});

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
      minResources: { cpu: '1' },
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
  const known = view({ groups: [{ namespace: 'team-a', name: APP, queue: 'blue', ownerUid: 'driver' }] });

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

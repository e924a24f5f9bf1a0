import { expect } from 'chai';
import type { PodTrial } from '../../../src/scheduler/explanation/pod-trial.ts';
import { trialPod } from '../../../src/engine/cycle/trial-pod.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import { projectClaimTemplate } from '../../../src/api/projections/devices/claim-template.ts';
import type { ClaimTemplateRecord } from '../../../src/api/records/claim-template-record.ts';
import type { DeviceRecord } from '../../../src/api/records/device-records.ts';
import { makeDevice, makeDeviceClaim, makeDeviceClass, makeRequest, makeSlice } from '../../support/device-records.ts';
import { makePod, makeShape } from '../../support/records.ts';
import { SchedulerWorld } from '../../support/scheduler-world.ts';
import { bind, makeClaim, makeVolume, onNodes } from '../../support/volume-records.ts';

const TAINT = { key: 'team', value: 'x', effect: 'NoSchedule' as const };

/** Two nodes of 4 CPUs with a label, one of them full, and a tainted one of 64. */
function world(): SchedulerWorld {
  const made = new SchedulerWorld()
    .node('n1', { cpu: 4000, pods: 10 }, { labels: new Map([['kind', 'small']]) })
    .node('n2', { cpu: 4000, pods: 10 }, { labels: new Map([['kind', 'small']]) })
    .node('n3', { cpu: 64_000, pods: 10 }, { taints: [TAINT] });
  made.group('full', 1);
  made.pods('full', { count: 1, requests: { cpu: 4000 } });
  return made;
}

function template(spec: JsonObject, cpu = '1'): JsonObject {
  return { spec: { containers: [{ name: 'main', resources: { requests: { cpu } } }], ...spec } };
}

function tried(made: SchedulerWorld, of: JsonObject, count: number): PodTrial | undefined {
  const pod = trialPod('ns', of);
  return pod && made.scheduler.tryPods(pod, count);
}

describe('pods that nobody has made yet', () => {
  const small = template({ nodeSelector: { kind: 'small' } });
  const cases: readonly (readonly [string, JsonObject, number, Partial<PodTrial>])[] = [
    [
      'find the nodes that they choose, full or not',
      small,
      8,
      { nodes: 3, open: 2, places: 8, why: '1 node(s) had untolerated taint {team: x}' },
    ],
    ['are as many as those could hold if they were empty', small, 9, { open: 2, places: 8 }],
    [
      'find none where no node has the label, and the taint is told as well',
      template({ nodeSelector: { kind: 'large' } }),
      1,
      { open: 0, places: 0 },
    ],
    [
      'find none that holds one of them, though nodes are open to them',
      template({ nodeSelector: { kind: 'small' } }, '5'),
      1,
      { open: 2, places: 0 },
    ],
    [
      'find the tainted node when they bear it',
      template({ tolerations: [{ operator: 'Exists' }] }, '60'),
      1,
      { open: 3, places: 1, why: '' },
    ],
  ];
  for (const [name, of, count, want] of cases) {
    it(name, () => {
      const made = world();
      made.cycle();
      expect(tried(made, of, count)).to.include(want);
    });
  }

  it('find places among the devices that a class serves, where nodes do not publish what they ask for', () => {
    const made = world();
    const of = (name: string, count: string): JsonObject =>
      template({ containers: [{ name: 'main', resources: { requests: { cpu: '1', [name]: count } } }] });
    made.cycle();
    expect(tried(made, of('x/gpu', '2'), 9)).to.include({ places: 0 });
    const { facts } = made.snapshot.claims;
    facts.classes.set('gpus', { ...makeDeviceClass('gpus'), extendedResourceName: 'x/gpu' });
    facts.slices.set(
      'n1',
      makeSlice(
        'n1',
        ['a', 'b', 'c', 'd'].map((name) => makeDevice(name)),
      ),
    );
    for (const name of ['x/gpu', 'deviceclass.resource.kubernetes.io/gpus']) {
      expect(tried(made, of(name, '2'), 9), name).to.include({ open: 1, places: 2 });
      expect(tried(made, of(name, '5'), 9), name).to.include({ open: 0, places: 0 });
    }
    expect(tried(made, of('deviceclass.resource.kubernetes.io/none', '1'), 9)).to.include({ places: 0 });
  });

  it('are told nothing before the first cycle', () => expect(tried(world(), small, 1)).to.equal(undefined));

  it('leave nothing behind', () => {
    const made = world();
    made.cycle();
    const before = made.snapshot.classes.size;
    for (let n = 0; n < 50; n += 1) tried(made, template({ nodeSelector: { kind: 'small', n: `${n}` } }), 3);
    expect(made.snapshot.classes.size).to.equal(before);
    for (let n = 0; n < 40; n += 1) made.cycle();
    expect(made.scheduler.framework.pickers).to.be.lessThan(5);
  });

  it('whose claims are bound to volumes of two nodes find no node', () => {
    const made = world();
    const { facts } = made.snapshot.volumes;
    for (const n of [1, 2]) bind(facts, makeClaim(`c${n}`), makeVolume(`v${n}`, { nodeTerms: onNodes(`n${n}`) }));
    facts.claims.set('ns/free', makeClaim('free'));
    made.cycle();
    const claims = (...names: readonly string[]): JsonObject => ({
      volumes: names.map((claimName) => ({ name: claimName, persistentVolumeClaim: { claimName } })),
    });
    expect(tried(made, template(claims('c1')), 1)).to.include({ open: 1, places: 1 });
    expect(tried(made, template(claims('free', 'nobody-made')), 1)).to.include({ open: 2, places: 1 });
    const both = tried(made, template(claims('c1', 'c2')), 1);
    expect(both).to.include({ open: 0, places: 0 });
    expect(both?.why).to.contain("3 node(s) didn't match PersistentVolume's node affinity");
  });

  describe('with claims for devices', () => {
    const claims = (source: JsonObject): JsonObject => template({ resourceClaims: [{ name: 'gpu', ...source }] });
    const own = claims({ resourceClaimTemplateName: 'two' });

    /** Of 3 nodes one has 5 devices, another one, and pods get two each from a template. */
    function withDevices(): SchedulerWorld {
      const made = world();
      const { facts } = made.snapshot.claims;
      const devices = (count: number): readonly DeviceRecord[] =>
        Array.from({ length: count }, (_, at) => makeDevice(`d${at}`));
      facts.slices.set('n1', makeSlice('n1', devices(5), { name: 'n1' }));
      facts.slices.set('n2', makeSlice('n2', devices(1), { name: 'n2' }));
      facts.classes.set('gpu', makeDeviceClass('gpu'));
      facts.templates.set('ns/two', templateOf('two', 2));
      made.cycle();
      return made;
    }

    function templateOf(name: string, count: number): ClaimTemplateRecord {
      const devices = { requests: [{ name: 'r', exactly: { deviceClassName: 'gpu', count } }] };
      const metadata = { name, namespace: 'ns', uid: `uid-${name}` };
      const record = projectClaimTemplate({ metadata, spec: { spec: { devices } } });
      if (record === undefined) throw new Error('no record');
      return record;
    }

    it('find the node whose devices satisfy them, and no more room than these have', () => {
      const made = withDevices();
      expect(tried(made, own, 1)).to.include({ open: 2, places: 1, wait: '' });
      expect(tried(made, own, 3)).to.include({
        open: 1,
        places: 2,
        why: '1 node(s) had untolerated taint {team: x}, 1 node(s) lack fitting devices for its claims: 2 devices of class gpu (5 at most)',
      });
    });

    it('tell how many devices the claims of one pod come to', () => {
      expect(tried(withDevices(), own, 1)?.claimed).to.deep.equal({ gpu: 2 });
      expect(tried(withDevices(), claims({ resourceClaimName: 'none' }), 1)?.claimed).to.deep.equal({});
    });

    it('find none where no node has so many, which is told with numbers', () => {
      const made = withDevices();
      made.snapshot.claims.facts.templates.set('ns/two', templateOf('two', 6));
      const all = tried(made, own, 1);
      expect(all).to.include({ open: 0, places: 0 });
      expect(all?.why).to.contain('2 node(s) lack fitting devices for its claims: 6 devices of class gpu (5 at most)');
    });

    it('are told to wait, and not that it can never be, while devices are in use', () => {
      const made = withDevices();
      const { facts } = made.snapshot.claims;
      const taken = makeDeviceClaim('old', [makeRequest('r', { count: 4 })], { reservedFor: ['somebody'] });
      const [pod] = [
        makePod('user', 'full', makeShape({}), { deviceClaims: [{ key: taken.key, podUid: '', isMade: true }] }),
      ];
      facts.claims.set(taken.key, taken);
      made.snapshot.upsertTask(pod);
      const task = made.snapshot.tasks.get(pod.uid);
      expect(task && made.snapshot.claims.choose(task, 0)).to.equal(true);
      expect(tried(made, own, 1)).to.include({
        open: 1,
        places: 1,
        wait: 'its claims ask for 2 devices of class gpu, of which a node has free 1 at most',
      });
    });

    it('are told what is missing', () => {
      const made = withDevices();
      made.snapshot.claims.facts.classes.delete('gpu');
      const wait = 'DeviceClass gpu, which ResourceClaimTemplate ns/two names, does not exist';
      expect(tried(made, own, 1)).to.include({ open: 2, places: 1, wait });
      expect(tried(made, claims({ resourceClaimName: 'none' }), 1)).to.include({
        places: 1,
        wait: 'ResourceClaim ns/none does not exist',
      });
      expect(tried(made, claims({ resourceClaimTemplateName: 'none' }), 1)).to.include({ places: 1, wait: '' });
    });
  });
});

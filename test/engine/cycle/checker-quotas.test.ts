import { expect } from 'chai';
import type { DeviceAllocation } from '../../../src/api/records/device-records.ts';
import type { PodRecord } from '../../../src/api/records/pod-record.ts';
import { Bench, decision, GPU, ONE_CPU } from '../../support/checker-bench.ts';
import { makeAllocated, makeDeviceClaim, makeRequest } from '../../support/device-records.ts';
import { makeNode, makePod, makePodGroup, makeQueue, makeShape } from '../../support/records.ts';

describe('checker of quotas of DeviceClasses', () => {
  const DEVICES = 'gpu.deviceclass.resource.k8s.io/devices';

  /** Pods `p0` and `p1` of group `g`, each with a claim of its own; queue `default` is below `above`, which may have two devices. */
  function quota(name: string, ...more: readonly string[]): Bench {
    const bench = new Bench();
    bench.queues.set('above', makeQueue('above', { capability: new Map([[name, 2]]) }));
    bench.queues.set('default', makeQueue('default', { parent: 'above' }));
    bench.group(makePodGroup('g', 1));
    for (const at of [0, 1]) bench.pod(makePod(`p${at}`, 'g', ONE_CPU, using(`c${at}`, ...more)));
    return bench;
  }

  function using(...claims: readonly string[]): Partial<PodRecord> {
    return { deviceClaims: claims.map((claim) => ({ key: `ns/${claim}`, podUid: '', isMade: true })) };
  }

  function allocation(claim: string, count: number): DeviceAllocation {
    const devices = Array.from({ length: count }, (_, at) => makeAllocated('pool', `${claim}-${at}`));
    return { devices, config: [], nodeTerms: undefined };
  }

  function has(bench: Bench, claim: string, count: number): void {
    const record = makeDeviceClaim(claim, [makeRequest('gpu', { count })], {
      allocation: count === 0 ? undefined : allocation(claim, count),
    });
    bench.checker.observeDeviceClaim(record, record.key);
  }

  for (const name of [DEVICES, 'deviceclass/gpu', GPU]) {
    it(`stops whom the core lets in beyond them, under the name ${name}`, () => {
      const bench = quota(name);
      has(bench, 'c0', 1);
      has(bench, 'c1', 2);
      expect(bench.reserve('p0 n1')).to.equal(undefined);
      expect(bench.reserve('p1 n2')).to.equal(`queue above would hold 3 of 2 ${name}`);
      bench.checker.release('uid-p0');
      expect(bench.reserve('p1 n2')).to.equal(undefined);
    });
  }

  it('counts devices that are only to be given', () => {
    const bench = quota(DEVICES);
    has(bench, 'c0', 0);
    has(bench, 'c1', 0);
    const gang = decision('p0 n1', 'p1 n2');
    const binds = gang.binds.map((bind, at) => {
      return { ...bind, devices: [{ claim: `ns/c${at}`, allocation: allocation(`c${at}`, at + 1) }] };
    });
    expect(bench.checker.reserve({ ...gang, binds })).to.equal(`queue above would hold 3 of 2 ${DEVICES}`);
    expect(bench.checker.reserve({ ...gang, binds: binds.slice(1) })).to.equal(undefined);
    expect(bench.checker.reserve({ ...gang, binds: binds.slice(0, 1) })).to.equal(
      `queue above would hold 3 of 2 ${DEVICES}`,
    );
  });

  it('counts a claim once that several pods share', () => {
    const bench = quota(DEVICES, 'shared');
    has(bench, 'shared', 2);
    expect(bench.reserve('p0 n1', 'p1 n2')).to.equal(undefined);
  });

  it('counts those that ask by a name that the class serves', () => {
    const bench = quota(DEVICES);
    has(bench, 'c0', 1);
    bench.node(makeNode('n2', { cpu: 2000, [GPU]: 8 }));
    const asking = makeShape({ cpu: 1000, [GPU]: 2 });
    bench.pod(makePod('asks', 'g', asking));
    expect(bench.reserve('p0 n1')).to.equal(undefined);
    expect(bench.reserve('asks n2')).to.equal(`queue above would hold 3 of 2 ${DEVICES}`);
  });
});

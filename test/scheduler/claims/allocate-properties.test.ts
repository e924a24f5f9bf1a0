import { expect } from 'chai';
import fc from 'fast-check';

import type {
  AllocatedDevice,
  CapacityPolicy,
  DeviceAsk,
  DeviceClaimRecord,
  DeviceRecord,
} from '../../../src/api/records/device-records.ts';
import { allocate } from '../../../src/scheduler/claims/allocate.ts';
import { isAllocatable } from '../../support/device-judge.ts';
import { DeviceWorld } from '../../support/device-world.ts';
import {
  makeAsk,
  makeDevice,
  makeDeviceClaim,
  makeDeviceClass,
  makeSlice,
  selecting,
} from '../../support/device-records.ts';

const RUNS = Number(process.env['SLUICE_PROPERTY_RUNS'] ?? 1500);

const ATTRIBUTE = 'example.com/group';
const isOdd = selecting('odd', ({ attributes }) => attributes.get(ATTRIBUTE)?.value === 1n);
const CLASSES = new Map([
  ['any', makeDeviceClass('any')],
  ['odd', makeDeviceClass('odd', [isOdd])],
]);

const amount = (most: number): fc.Arbitrary<bigint> => fc.integer({ min: 0, max: most }).map(BigInt);

const policies: fc.Arbitrary<CapacityPolicy | undefined> = fc.constantFrom(
  undefined,
  { fallback: 1n, values: [1n, 2n, 4n], range: undefined },
  { fallback: 2n, values: [], range: { min: 1n, max: 3n, step: 2n } },
  { fallback: 1n, values: [], range: { min: 1n, max: undefined, step: undefined } },
);

const devices: fc.Arbitrary<readonly DeviceRecord[]> = fc
  .array(
    fc.record({
      group: fc.option(fc.integer({ min: 0, max: 1 }), { nil: undefined, freq: 6 }),
      memory: fc.option(fc.record({ value: fc.integer({ min: 1, max: 5 }).map(BigInt), policy: policies }), {
        nil: undefined,
      }),
      counted: fc.option(amount(3), { nil: undefined }),
      isTainted: fc.boolean(),
      allowsMultiple: fc.boolean(),
    }),
    { minLength: 1, maxLength: 4 },
  )
  .map((all) =>
    all.map(({ group, memory, counted, isTainted, allowsMultiple }, at) =>
      makeDevice(`d${at}`, {
        attributes: new Map(group === undefined ? [] : [[ATTRIBUTE, { kind: 'int', value: BigInt(group) }]]),
        capacity: new Map(memory === undefined ? [] : [['memory', memory]]),
        consumes: counted === undefined ? [] : [{ set: 'card', counters: new Map([['slots', counted]]) }],
        taints: isTainted && at % 2 === 0 ? [{ key: 'broken', value: '', effect: 'NoSchedule' }] : [],
        allowsMultiple,
      }),
    ),
  );

const asks: fc.Arbitrary<DeviceAsk> = fc
  .record({
    className: fc.constantFrom('any', 'any', 'odd'),
    mode: fc.constantFrom('ExactCount', 'ExactCount', 'All'),
    count: fc.integer({ min: 1, max: 3 }),
    adminAccess: fc.constantFrom(false, false, false, true),
    tolerates: fc.boolean(),
    memory: fc.option(amount(4), { nil: undefined, freq: 2 }),
    isOdd: fc.constantFrom(false, false, true),
  })
  .map(({ className, mode, count, adminAccess, tolerates, memory, isOdd: odd }) =>
    makeAsk({
      className,
      mode,
      count,
      adminAccess,
      selectors: odd ? [isOdd] : [],
      tolerations: tolerates ? [{ key: '', operator: 'Exists', value: '', effect: '', seconds: undefined }] : [],
      capacity: new Map(memory === undefined ? [] : [['memory', memory]]),
    }),
  );

const claims: fc.Arbitrary<readonly DeviceClaimRecord[]> = fc
  .array(
    fc.record({
      requests: fc.array(fc.array(asks, { minLength: 1, maxLength: 2 }), { minLength: 1, maxLength: 2 }),
      constraint: fc.constantFrom(undefined, undefined, 'match', 'distinct'),
      of: fc.constantFrom([], ['r0'], ['r0/s1', 'r1']),
    }),
    { minLength: 1, maxLength: 2 },
  )
  .map((all) =>
    all.map(({ requests, constraint, of }, at) =>
      makeDeviceClaim(
        `claim-${at}`,
        requests.map((alternatives, r) => ({
          name: `r${r}`,
          asks: alternatives.map((ask, s) => ({
            ...ask,
            name: alternatives.length === 1 ? '' : `s${s}`,
            // The API knows no alternatives with admin access.
            adminAccess: ask.adminAccess && alternatives.length === 1,
          })),
        })),
        {
          constraints:
            constraint === undefined ? [] : [{ kind: constraint as 'match', attribute: ATTRIBUTE, requests: of }],
        },
      ),
    ),
  );

describe('Devices for the claims of a pod on one node', () => {
  it('are found exactly when some choice of devices is right, and what is found is right', () => {
    fc.assert(
      fc.property(
        devices,
        claims,
        amount(6),
        fc.array(fc.constantFrom('free', 'free', 'owned', 'shared'), { minLength: 4, maxLength: 4 }),
        (all, asked, slots, uses) => {
          const world = new DeviceWorld([makeSlice('a', all, { sliceCount: 2 }), counterSlice(slots)], CLASSES);
          world.use(takenOf(all, uses));
          const verdict = allocate(asked, 'a', world.at('a'));
          expect(verdict.kind).to.equal(isAllocatable(asked, CLASSES, world.judged('a')) ? 'chosen' : 'none');
          if (verdict.kind !== 'chosen') return;
          const wrongBefore = world.overcommitted();
          for (const { devices: chosen } of verdict.allocations()) world.use(chosen);
          expect(world.overcommitted()).to.deep.equal(wrongBefore);
        },
      ),
      { numRuns: RUNS },
    );
  });
});

function counterSlice(slots: bigint) {
  return makeSlice('a', [], {
    name: 'counters',
    sliceCount: 2,
    sharedCounters: [{ set: 'card', counters: new Map([['slots', slots]]) }],
  });
}

/** What others have already, whether there are counters for it or not. */
function takenOf(all: readonly DeviceRecord[], uses: readonly string[]): readonly AllocatedDevice[] {
  return all.flatMap((device, at) => {
    const isShared = uses[at] === 'shared' && device.allowsMultiple;
    if (uses[at] === 'free' || (uses[at] === 'shared' && !device.allowsMultiple)) return [];
    return {
      request: 'r',
      driver: device.driver,
      pool: 'a',
      device: device.name,
      adminAccess: false,
      tolerations: [],
      bindingConditions: [],
      bindingFailureConditions: [],
      share: isShared ? 'uid' : undefined,
      consumed: new Map(isShared && device.capacity.has('memory') ? [['memory', 1n]] : []),
    };
  });
}

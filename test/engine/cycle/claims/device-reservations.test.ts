import { expect } from 'chai';
import { projectResourceClaim } from '../../../../src/api/projections/devices/resource-claim.ts';
import type { AllocatedDevice, CounterSet } from '../../../../src/api/records/device-records.ts';
import { DeviceReservations } from '../../../../src/engine/cycle/claims/device-reservations.ts';
import type { JsonObject } from '../../../../src/lib/json.ts';
import { makeAllocated, makeDevice, makeSlice, ONE } from '../../../support/device-records.ts';
import type { BindDecision } from '../../../../src/scheduler/session/decision.ts';

/** Pod `name` gets the device for its claim of the same name. */
function bind(name: string, device: string, claim = name, more: Partial<AllocatedDevice> = {}): BindDecision {
  const result = makeAllocated('p', device, { driver: 'd', ...more });
  const allocation = { devices: [result], config: [], nodeTerms: undefined };
  return { kind: 'bind', uid: name, pod: `ns/${name}`, node: 'n', devices: [{ claim, allocation }] };
}

function seen(reservations: DeviceReservations, claim: string, result: JsonObject | undefined): void {
  const status = result === undefined ? {} : { allocation: { devices: { results: [result] } } };
  const raw = { metadata: { name: claim, namespace: 'ns', uid: claim }, status };
  reservations.observe(projectResourceClaim(raw), claim);
}

const share = (amount: bigint): Partial<AllocatedDevice> => ({
  share: '',
  consumed: new Map([['memory', amount * ONE]]),
});

const SLICE = makeSlice(
  'p',
  [
    makeDevice('shared', {
      allowsMultiple: true,
      capacity: new Map([['memory', { value: 4n * ONE, policy: undefined }]]),
    }),
    ...['half-0', 'half-1'].map((name) => makeDevice(name, { consumes: slots(1n) })),
    makeDevice('whole', { consumes: slots(2n) }),
    makeDevice('x'),
  ],
  { driver: 'd', sharedCounters: slots(2n) },
);

function slots(count: bigint): readonly CounterSet[] {
  return [{ set: 'card', counters: new Map([['slots', count * ONE]]) }];
}

const X = { request: 'gpu', driver: 'd', pool: 'p', device: 'x' };

describe('the checker’s account of devices', () => {
  const cases: readonly (readonly [
    name: string,
    prepare: (reservations: DeviceReservations) => void,
    binds: readonly BindDecision[],
    problem: string | undefined,
  ])[] = [
    ['a free device is given out', () => undefined, [bind('a', 'x'), bind('b', 'y')], undefined],
    [
      'one decision does not give it to two claims',
      () => undefined,
      [bind('a', 'x'), bind('b', 'x')],
      'ns/b: device d/p/x would be given to claims a and b',
    ],
    [
      'pods that share a claim share its device',
      () => undefined,
      [bind('a', 'x', 'c'), bind('b', 'x', 'c')],
      undefined,
    ],
    [
      'a device that is reserved for another claim is not given out',
      (reservations) => reservations.add(bind('a', 'x')),
      [bind('b', 'x')],
      'ns/b: device d/p/x would be given to claims a and b',
    ],
    [
      'a device whose pod gave its place back is free again',
      (reservations) => {
        reservations.add(bind('a', 'x'));
        reservations.remove('a');
      },
      [bind('b', 'x')],
      undefined,
    ],
    [
      'a device that a claim has by the API is not given out',
      (reservations) => seen(reservations, 'a', X),
      [bind('b', 'x')],
      'ns/b: device d/p/x would be given to claims a and b',
    ],
    [
      'no more is given of a capacity that is shared than there is, what others have and are to have counted',
      (reservations) => {
        reservations.observeSlice(SLICE, 's');
        seen(reservations, 'a', { ...X, device: 'shared', shareID: 's', consumedCapacity: { memory: '2' } });
        reservations.add(bind('b', 'shared', 'b', share(1n)));
        reservations.add(bind('gone', 'shared', 'gone', share(1n)));
        reservations.remove('gone');
      },
      [bind('c', 'shared', 'c', share(1n)), bind('e', 'shared', 'e', share(1n))],
      'memory of device shared would be 5 of 4',
    ],
    [
      'all of it is given',
      (reservations) => {
        reservations.observeSlice(SLICE, 's');
        seen(reservations, 'a', { ...X, device: 'shared', shareID: 's', consumedCapacity: { memory: '2' } });
      },
      [bind('c', 'shared', 'c', share(1n)), bind('e', 'shared', 'e', share(1n))],
      undefined,
    ],
    [
      'no more parts of a device are given out than its counters have',
      (reservations) => {
        reservations.observeSlice(SLICE, 's');
        seen(reservations, 'a', { ...X, device: 'half-0' });
      },
      [bind('b', 'whole')],
      'counter card/slots would be 3 of 2',
    ],
    [
      'parts that others have whom counters allow are no hindrance, nor such as were overdrawn before and are not asked for',
      (reservations) => {
        reservations.observeSlice(SLICE, 's');
        seen(reservations, 'a', { ...X, device: 'half-0' });
        seen(reservations, 'over', { ...X, device: 'whole' });
        seen(reservations, 'over', undefined);
        reservations.add(bind('w', 'whole'));
        reservations.remove('w');
        seen(reservations, 'late', { ...X, device: 'half-0', adminAccess: true });
      },
      [bind('b', 'half-1'), bind('x', 'x')],
      undefined,
    ],
    [
      'a device whose claim was freed, or is gone, is free again',
      (reservations) => {
        seen(reservations, 'a', X);
        seen(reservations, 'a', undefined);
        seen(reservations, 'c', X);
        reservations.observe(undefined, 'c');
      },
      [bind('b', 'x')],
      undefined,
    ],
    [
      'shares of a device, and whoever only looks at it, take it from nobody',
      (reservations) => {
        seen(reservations, 'a', { ...X, adminAccess: true });
        seen(reservations, 'c', { ...X, shareID: 's' });
      },
      [bind('b', 'x'), bind('e', 'x', 'e', { share: '' }), bind('f', 'x', 'f', { adminAccess: true })],
      undefined,
    ],
  ];
  for (const [name, prepare, binds, problem] of cases) {
    it(name, () => {
      const reservations = new DeviceReservations();
      prepare(reservations);
      expect(reservations.problem(binds)).to.equal(problem);
    });
  }
});

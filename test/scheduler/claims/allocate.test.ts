import { expect } from 'chai';

import type { DeviceAllocation, DeviceClaimRecord, SliceRecord } from '../../../src/api/records/device-records.ts';
import { allocate } from '../../../src/scheduler/claims/allocate.ts';
import {
  makeDevice,
  makeDeviceClaim,
  makeDeviceClass,
  makeRequest,
  makeSlice,
  selecting,
} from '../../support/device-records.ts';
import { DeviceWorld } from '../../support/device-world.ts';
import { makeNode } from '../../support/records.ts';

const isLarge = selecting('large', ({ name }) => name.startsWith('large'));
const CLASSES = new Map([
  ['gpu', { ...makeDeviceClass('gpu'), config: [{ opaque: { driver: 'of-class' } }] }],
  ['large', makeDeviceClass('large', [isLarge])],
]);
const ZONE = { key: 'zone', operator: 'In' as const, values: ['a'] };
const NODES = [makeNode('a', {}, { labels: new Map([['zone', 'a']]) }), makeNode('b', {})];

const three = makeSlice('a', [makeDevice('d0'), makeDevice('d1'), makeDevice('large0')]);
const nics = makeSlice('nics', [makeDevice('nic0'), makeDevice('nic1')], {
  driver: 'nic.example.com',
  reach: { kind: 'nodes', terms: [{ labels: [ZONE], fields: [] }] },
});

interface Case {
  readonly name: string;
  readonly slices?: readonly SliceRecord[];
  readonly claims: readonly DeviceClaimRecord[];
  /** `request=device` of each claim, or what kind of verdict there is. */
  readonly want: readonly (readonly string[])[] | string;
}

const claim = (...requests: Parameters<typeof makeDeviceClaim>[1]): DeviceClaimRecord => makeDeviceClaim('c', requests);

const CASES: readonly Case[] = [
  {
    name: 'so many as are asked for, the first ones',
    claims: [claim(makeRequest('r', { count: 2 }))],
    want: [['r=d0', 'r=d1']],
  },
  { name: 'none when there are fewer', claims: [claim(makeRequest('r', { count: 4 }))], want: 'none' },
  { name: 'all that match', claims: [claim(makeRequest('r', { mode: 'All' }))], want: [['r=d0', 'r=d1', 'r=large0']] },
  { name: 'all, but at least one', slices: [], claims: [claim(makeRequest('r', { mode: 'All' }))], want: 'none' },
  {
    name: 'all of a pool that is being updated: a failure',
    slices: [{ ...three, sliceCount: 2 }],
    claims: [claim(makeRequest('r', { mode: 'All' }))],
    want: 'failed',
  },
  {
    name: 'the first alternative that can be had',
    claims: [claim(makeRequest('r', { name: 'many', count: 9 }, { name: 'one', className: 'large' }))],
    want: [['r/one=large0']],
  },
  {
    name: 'another device for the first claim when the second needs its own',
    slices: [makeSlice('a', [makeDevice('large0'), makeDevice('x')])],
    claims: [claim(makeRequest('r')), claim(makeRequest('r', { className: 'large' }))],
    want: [['r=x'], ['r=large0']],
  },
  {
    name: 'what has binding conditions last',
    slices: [
      makeSlice('a', [makeDevice('slow', { bindingConditions: ['Ready'] })], { name: 'x', pool: 'a-pool' }),
      makeSlice('a', [makeDevice('quick')], { name: 'y', pool: 'b-pool' }),
    ],
    claims: [claim(makeRequest('r'))],
    want: [['r=quick']],
  },
  {
    name: 'no two of one name',
    slices: [makeSlice('a', [makeDevice('d0'), makeDevice('d0')])],
    claims: [claim(makeRequest('r'))],
    want: 'none',
  },
  {
    name: 'devices of the node alone in a slice that leaves it to each device',
    slices: [
      makeSlice(
        'fabric',
        [
          makeDevice('far', { reach: { kind: 'node', node: 'b' } }),
          makeDevice('near', { reach: { kind: 'node', node: 'a' } }),
        ],
        { reach: undefined },
      ),
    ],
    claims: [claim(makeRequest('r', { mode: 'All' }))],
    want: [['r=near']],
  },
  {
    name: 'no more than 32 for one claim',
    slices: [
      makeSlice(
        'a',
        Array.from({ length: 40 }, (_, at) => makeDevice(`d${at}`)),
      ),
    ],
    claims: [claim(makeRequest('r', { mode: 'All' }))],
    want: 'none',
  },
  {
    name: 'an honest word when there are too many ways',
    slices: [
      makeSlice('a', [
        ...Array.from({ length: 24 }, (_, at) =>
          makeDevice(`d${String(at).padStart(2, '0')}`, { attributes: new Map([['x/y', { kind: 'int', value: 1n }]]) }),
        ),
        makeDevice('z'),
      ]),
    ],
    claims: [
      makeDeviceClaim(
        'c',
        [makeRequest('r', { count: 12 }), makeRequest('s', { selectors: [selecting('z', (one) => one.name === 'z')] })],
        {
          constraints: [{ kind: 'match', attribute: 'x/y', requests: [] }],
        },
      ),
    ],
    want: 'unknown',
  },
  {
    name: 'none when too few will do, however many ways there are to choose of these',
    slices: [
      makeSlice(
        'a',
        Array.from({ length: 32 }, (_, i) => makeDevice(`${i < 15 ? 'large' : 'd'}${i}`)),
      ),
    ],
    claims: [claim(makeRequest('r', { className: 'large', count: 16 }))],
    want: 'none',
  },
];

describe('A node gives claims', () => {
  for (const { name, slices = [three], claims, want } of CASES) {
    it(name, () => {
      const verdict = allocate(claims, 'a', new DeviceWorld(slices, CLASSES, NODES).at('a'));
      const got = verdict.kind === 'chosen' ? verdict.allocations().map(namesOf) : verdict.kind;
      expect(got).to.deep.equal(want);
    });
  }

  it('devices that are reached from where the network reaches, and says from which nodes', () => {
    const world = new DeviceWorld([nics], CLASSES, NODES);
    const asked = claim(makeRequest('r', { count: 2 }));
    const verdict = allocate([asked], 'a', world.at('a'));
    expect(verdict.kind === 'chosen' ? verdict.allocations()[0]?.nodeTerms : verdict.kind).to.deep.equal([
      { labels: [ZONE], fields: [] },
    ]);
    expect(allocate([asked], 'b', world.at('b')).kind).to.equal('none');
  });

  it('to the one node when some device is of that node', () => {
    const world = new DeviceWorld([nics, three], CLASSES, NODES);
    const verdict = allocate([claim(makeRequest('r', { count: 5 }))], 'a', world.at('a'));
    expect(verdict.kind === 'chosen' ? verdict.allocations()[0]?.nodeTerms : verdict.kind).to.deep.equal([
      { labels: [], fields: [{ key: 'metadata.name', operator: 'In', values: ['a'] }] },
    ]);
  });

  it('what the class and the claim say to drivers, for the requests that it is about', () => {
    const config = [
      { requests: ['r', 's'], config: { opaque: { driver: 'all' } } },
      { requests: ['s/two'], config: { opaque: { driver: 'other' } } },
      { requests: ['s/one'], config: { opaque: { driver: 'chosen' } } },
    ];
    const requests = [makeRequest('r'), makeRequest('s', { name: 'one', className: 'large' }, { name: 'two' })];
    const asked = makeDeviceClaim('c', requests, { config });
    const verdict = allocate([asked], 'a', new DeviceWorld([three], CLASSES, NODES).at('a'));
    expect(verdict.kind === 'chosen' ? verdict.allocations()[0]?.config : verdict.kind).to.deep.equal([
      { source: 'FromClass', requests: ['r'], config: { opaque: { driver: 'of-class' } } },
      { source: 'FromClaim', requests: [], config: { opaque: { driver: 'all' } } },
      { source: 'FromClaim', requests: ['s/one'], config: { opaque: { driver: 'chosen' } } },
    ]);
  });

  it('no device that a rule has tainted, unless that is tolerated', () => {
    const world = new DeviceWorld([three], CLASSES, NODES);
    const taint = { key: 'broken', value: '', effect: 'NoExecute' };
    world.facts.taintRules.set('rule', { name: 'rule', devices: { driver: '', pool: 'a', device: 'd0' }, taint });
    const tolerations = [{ key: 'broken', operator: 'Exists' as const, value: '', effect: '', seconds: undefined }];
    const given = [[], tolerations].map((tolerated) => {
      const verdict = allocate([claim(makeRequest('r', { tolerations: tolerated }))], 'a', world.at('a'));
      return verdict.kind === 'chosen' ? verdict.allocations().flatMap(namesOf) : verdict.kind;
    });
    expect(given).to.deep.equal([['r=d1'], ['r=d0']]);
  });
});

function namesOf({ devices }: DeviceAllocation): readonly string[] {
  return devices.map(({ request, device }) => `${request}=${device}`);
}

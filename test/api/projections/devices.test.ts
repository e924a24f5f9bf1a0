import { expect } from 'chai';
import { projectDeviceClass } from '../../../src/api/projections/devices/device-class.ts';
import { projectDeviceTaintRule } from '../../../src/api/projections/devices/device-taint.ts';
import { projectResourceClaim } from '../../../src/api/projections/devices/resource-claim.ts';
import { projectResourceSlice } from '../../../src/api/projections/devices/resource-slice.ts';
import type { DeviceClaimRecord, SliceRecord } from '../../../src/api/records/device-records.ts';
import type { JsonObject } from '../../../src/lib/json.ts';

const HEAD = { name: 'a', uid: 'u', resourceVersion: '3' };
const ONE = 1_000_000_000n;
const IN_Z = { key: 'zone', operator: 'In', values: ['z'] };

function slice(spec: JsonObject): SliceRecord {
  const pool = { name: 'p', generation: 2, resourceSliceCount: 3 };
  const record = projectResourceSlice({ metadata: HEAD, spec: { driver: 'd.dev', pool, ...spec } });
  if (record === undefined) throw new Error('no record');
  return record;
}

describe('projectResourceSlice', () => {
  it('keeps its pool and what decides who gets its devices', () => {
    const device = {
      name: 'gpu-0',
      attributes: { model: { string: 'x' }, 'e.dev/cores': { int: 7 }, fast: { bool: true }, v: { version: '1.2.3' } },
      capacity: {
        memory: {
          value: '2',
          requestPolicy: { default: '1', validRange: { min: '1', max: '2', step: '500m' } },
        },
        slots: { value: '4', requestPolicy: { default: '1', validValues: ['2', '1'] } },
      },
      consumesCounters: [{ counterSet: 'c', counters: { m: { value: '3' } } }],
      taints: [{ key: 'k', value: 'v', effect: 'NoSchedule', timeAdded: '2026-01-01T00:00:00Z' }],
      allowMultipleAllocations: true,
      bindsToNode: true,
      bindingConditions: ['ready'],
      bindingFailureConditions: ['broken'],
    };
    const record = slice({ nodeName: 'n1', devices: [device] });
    expect(record).to.deep.equal({
      name: 'a',
      driver: 'd.dev',
      pool: 'p',
      generation: 2,
      sliceCount: 3,
      reach: { kind: 'node', node: 'n1' },
      sharedCounters: [],
      troubles: [],
      devices: [
        {
          driver: 'd.dev',
          pool: 'p',
          name: 'gpu-0',
          attributes: new Map<string, object>([
            ['d.dev/model', { kind: 'string', value: 'x' }],
            ['e.dev/cores', { kind: 'int', value: 7n }],
            ['d.dev/fast', { kind: 'bool', value: true }],
            ['d.dev/v', { kind: 'version', value: '1.2.3' }],
          ]),
          capacity: new Map([
            [
              'memory',
              {
                value: 2n * ONE,
                policy: { fallback: ONE, values: [], range: { min: ONE, max: 2n * ONE, step: ONE / 2n } },
              },
            ],
            ['slots', { value: 4n * ONE, policy: { fallback: ONE, values: [ONE, 2n * ONE], range: undefined } }],
          ]),
          consumes: [{ set: 'c', counters: new Map([['m', 3n * ONE]]) }],
          reach: { kind: 'node', node: 'n1' },
          taints: [{ key: 'k', value: 'v', effect: 'NoSchedule' }],
          allowsMultiple: true,
          bindsToNode: true,
          bindingConditions: ['ready'],
          bindingFailureConditions: ['broken'],
        },
      ],
    });
  });

  it('tells from where it is reached: a node, nodes, all, or each device for itself', () => {
    const nodes = { nodeSelectorTerms: [{ matchExpressions: [IN_Z] }] };
    expect(slice({ allNodes: true }).reach).to.deep.equal({ kind: 'all' });
    expect(slice({ nodeSelector: nodes }).reach).to.deep.equal({
      kind: 'nodes',
      terms: [{ labels: [IN_Z], fields: [] }],
    });
    const each = slice({ perDeviceNodeSelection: true, devices: [{ name: 'x', nodeName: 'n2' }] });
    expect([each.reach, each.devices[0]?.reach]).to.deep.equal([undefined, { kind: 'node', node: 'n2' }]);
  });

  it('keeps the counters that its pool shares', () => {
    const sharedCounters = [{ name: 'c', counters: { m: { value: '40' } } }];
    expect(slice({ allNodes: true, sharedCounters }).sharedCounters).to.deep.equal([
      { set: 'c', counters: new Map([['m', 40n * ONE]]) },
    ]);
  });

  it('names what nobody looks at', () => {
    const devices = [{ name: 'x', attributes: { a: { ints: [1, 2] } }, nodeAllocatableResources: { cpu: {} } }];
    expect(slice({ allNodes: true, devices }).troubles).to.deep.equal([
      'attributes that are lists',
      'nodeAllocatableResources',
    ]);
    expect(slice({ allNodes: true, skipNodeOperations: ['*'] }).troubles).to.deep.equal(['skipNodeOperations']);
  });
});

describe('projectDeviceClass', () => {
  it('keeps its conditions, and what it hands on to drivers', () => {
    const config = [{ opaque: { driver: 'd.dev', parameters: { a: 1 } } }];
    const expression = 'device.driver == "d.dev"';
    const record = projectDeviceClass({
      metadata: HEAD,
      spec: { selectors: [{ cel: { expression } }], config, extendedResourceName: 'd.dev/gpu' },
    });
    expect(record?.selectors.map(({ text }) => text)).to.deep.equal([expression]);
    expect(record).to.deep.include({ name: 'a', config, extendedResourceName: 'd.dev/gpu' });
  });
});

describe('projectDeviceTaintRule', () => {
  it('tells which devices it is for: none without a selector', () => {
    const taint = { key: 'k', effect: 'NoExecute' };
    expect(projectDeviceTaintRule({ metadata: HEAD, spec: { taint } })).to.deep.equal({
      name: 'a',
      devices: undefined,
      taint: { key: 'k', value: '', effect: 'NoExecute' },
    });
    const selected = projectDeviceTaintRule({ metadata: HEAD, spec: { taint, deviceSelector: { pool: 'p' } } });
    expect(selected?.devices).to.deep.equal({ driver: '', pool: 'p', device: '' });
  });
});

function claim(devices: JsonObject, status: JsonObject = {}): DeviceClaimRecord {
  const metadata = { ...HEAD, namespace: 'b', finalizers: ['resource.kubernetes.io/delete-protection'] };
  const record = projectResourceClaim({ metadata, spec: { devices }, status });
  if (record === undefined) throw new Error('no record');
  return record;
}

describe('projectResourceClaim', () => {
  it('keeps what it asks for: one kind of device, or the first of several', () => {
    const { requests, constraints, config, troubles, isProtected } = claim({
      requests: [
        { name: 'r', exactly: { deviceClassName: 'c', allocationMode: 'All', adminAccess: true } },
        {
          name: 's',
          firstAvailable: [
            {
              name: 'big',
              deviceClassName: 'c',
              count: 2,
              tolerations: [{ key: 'k', operator: 'Exists', tolerationSeconds: 5 }],
              capacity: { requests: { memory: '2' } },
            },
          ],
        },
      ],
      constraints: [{ matchAttribute: 'd.dev/numa', requests: ['r'] }, { distinctAttribute: 'd.dev/id' }],
      config: [{ requests: ['r'], opaque: { driver: 'd.dev', parameters: {} } }],
    });
    const common = {
      name: '',
      className: 'c',
      selectors: [],
      tolerations: [],
      capacity: new Map(),
      adminAccess: false,
    };
    const tolerations = [{ key: 'k', operator: 'Exists', value: '', effect: '', seconds: 5 }];
    const capacity = new Map([['memory', 2n * ONE]]);
    expect(requests).to.deep.equal([
      { name: 'r', asks: [{ ...common, mode: 'All', count: 1, adminAccess: true }] },
      { name: 's', asks: [{ ...common, name: 'big', mode: 'ExactCount', count: 2, tolerations, capacity }] },
    ]);
    expect(constraints).to.deep.equal([
      { kind: 'match', attribute: 'd.dev/numa', requests: ['r'] },
      { kind: 'distinct', attribute: 'd.dev/id', requests: [] },
    ]);
    expect(config).to.deep.equal([{ requests: ['r'], config: { opaque: { driver: 'd.dev', parameters: {} } } }]);
    expect([troubles, isProtected]).to.deep.equal([[], true]);
  });

  it('keeps what it has, who may use it, and what drivers say of it', () => {
    const result = {
      request: 'r',
      driver: 'd.dev',
      pool: 'p',
      device: 'x',
      shareID: 'share-1',
      consumedCapacity: { memory: '1' },
      bindingConditions: ['ready'],
    };
    const condition = { type: 'ready', status: 'True' };
    const { allocation, reservedFor, statuses } = claim(
      { requests: [] },
      {
        allocation: {
          devices: {
            results: [result],
            config: [{ source: 'FromClass', requests: ['r'], opaque: { driver: 'd.dev' } }],
          },
          nodeSelector: { nodeSelectorTerms: [{ matchFields: [{ ...IN_Z, key: 'metadata.name' }] }] },
        },
        reservedFor: [{ resource: 'pods', name: 'p0', uid: 'uid-p0' }],
        devices: [
          { driver: 'd.dev', pool: 'p', device: 'x', conditions: [condition, { type: 'slow', status: 'False' }] },
        ],
      },
    );
    expect(allocation).to.deep.equal({
      devices: [
        {
          request: 'r',
          driver: 'd.dev',
          pool: 'p',
          device: 'x',
          adminAccess: false,
          tolerations: [],
          bindingConditions: ['ready'],
          bindingFailureConditions: [],
          share: 'share-1',
          consumed: new Map([['memory', ONE]]),
        },
      ],
      config: [{ source: 'FromClass', requests: ['r'], config: { opaque: { driver: 'd.dev' } } }],
      nodeTerms: [{ labels: [], fields: [{ ...IN_Z, key: 'metadata.name' }] }],
    });
    expect(reservedFor).to.deep.equal(['uid-p0']);
    expect(statuses).to.deep.equal([{ driver: 'd.dev', pool: 'p', device: 'x', conditions: ['ready'] }]);
  });

  it('names what nobody looks at', () => {
    const derivedAttributes = [{ name: 'd.dev/x', expression: '1' }];
    const requests = [
      { name: 'r', exactly: { deviceClassName: 'c', derivedAttributes } },
      { name: 's', exactly: { deviceClassName: 'c', allocationMode: 'Some' } },
    ];
    expect(claim({ requests }).troubles).to.deep.equal(['derivedAttributes', 'an unknown kind of request']);
  });
});

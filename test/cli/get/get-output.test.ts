import { expect } from 'chai';
import { parse } from 'yaml';
import { getOutput } from '../../../src/cli/get/get-output.ts';
import type { GetFormat } from '../../../src/cli/get/get-format.ts';
import { LISTED_KINDS, listedKind } from '../../../src/cli/get/listed-kind.ts';
import type { JsonObject } from '../../../src/lib/json.ts';

const NOW_MS = Date.parse('2026-03-01T12:00:00Z');
const WAITING: JsonObject = {
  metadata: {
    name: 'train',
    namespace: 'team-a',
    creationTimestamp: '2026-03-01T11:57:00Z',
    annotations: { 'sluice.dev/origin': 'Job/train', 'sluice.dev/submitter': 'ann' },
  },
  spec: { queue: 'blue', minMember: 4 },
  status: {
    phase: 'Inqueue',
    running: 1,
    conditions: [{ type: 'Unschedulable', status: 'True', message: '3 of 4 pods\n lack cpu' }],
  },
};
const RUNNING: JsonObject = {
  ...WAITING,
  metadata: { name: 'serve', namespace: 'team-b', creationTimestamp: 'never' },
  status: { phase: 'Running', running: 4, conditions: [{ type: 'Unschedulable', status: 'True', message: 'old' }] },
};
const QUEUE: JsonObject = {
  metadata: { name: 'blue', creationTimestamp: '2026-02-01T12:00:00Z' },
  spec: { parent: 'root', capability: { cpu: '16' } },
  status: { state: 'Open', allocated: { cpu: '4', memory: '8Gi' }, running: 2 },
};

function told(kind: string, objects: readonly JsonObject[], format: GetFormat, isOne = false): string {
  const listed = listedKind(kind);
  if (listed === undefined) throw new Error(`no kind ${kind}`);
  return getOutput(listed, objects, isOne, { format, tellsNamespace: format === 'wide', nowMs: NOW_MS });
}

function cells(text: string): readonly (readonly string[])[] {
  return text.split('\n').map((line) => line.trim().split(/\s{2,}/));
}

describe('sluice get', () => {
  it('tells of a group why it waits, and nothing old of one that runs', () => {
    expect(cells(told('groups', [WAITING, RUNNING], 'table'))).to.deep.equal([
      ['NAME', 'QUEUE', 'PHASE', 'RUNNING', 'AGE', 'WHY IT WAITS'],
      ['train', 'blue', 'Inqueue', '1/4', '3m', '3 of 4 pods lack cpu'],
      ['serve', 'blue', 'Running', '4/4', '<unknown>'],
    ]);
  });

  it('tells whose a group is when asked for more', () => {
    expect(cells(told('pg', [WAITING], 'wide'))[1]).to.deep.equal([
      'team-a',
      'train',
      'blue',
      'Inqueue',
      '1/4',
      '3m',
      'Job/train',
      'ann',
      '3 of 4 pods lack cpu',
    ]);
  });

  it('tells what a queue holds of what it may', () => {
    expect(cells(told('queues', [QUEUE], 'table'))[1]).to.deep.equal([
      'blue',
      'root',
      'Open',
      '1',
      '4/16',
      '8Gi',
      '0',
      '0',
      '2',
      '28d',
    ]);
  });

  it('tells a Job of Volcano', () => {
    const job: JsonObject = {
      metadata: { name: 'train', creationTimestamp: '2026-03-01T11:00:00Z' },
      spec: { queue: 'blue', minAvailable: 2 },
      status: { state: { phase: 'Running' }, running: 2, failed: 1 },
    };
    expect(cells(told('vj', [job], 'table'))[1]).to.deep.equal([
      'train',
      'blue',
      'Running',
      '2/2',
      '0',
      '1',
      '0',
      '60m',
    ]);
  });

  it('tells objects whole in JSON and YAML, one alone without a list', () => {
    const list = { apiVersion: 'v1', kind: 'List', items: [WAITING, RUNNING] };
    expect(JSON.parse(told('groups', [WAITING, RUNNING], 'json'))).to.deep.equal(list);
    expect(parse(told('groups', [WAITING, RUNNING], 'yaml'))).to.deep.equal(list);
    expect(JSON.parse(told('groups', [WAITING], 'json', true))).to.deep.equal(WAITING);
  });

  it('tells names as kubectl takes them', () => {
    expect(told('groups', [WAITING, RUNNING], 'name')).to.equal(
      'podgroups.scheduling.volcano.sh/train\npodgroups.scheduling.volcano.sh/serve',
    );
  });

  it('knows each kind by names that no other has', () => {
    const names = LISTED_KINDS.flatMap((kind) => kind.names);
    expect(new Set(names).size).to.equal(names.length);
    expect(listedKind('pods')).to.equal(undefined);
  });
});

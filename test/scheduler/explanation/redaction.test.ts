import { expect } from 'chai';
import type { Explanation, GroupHolding } from '../../../src/scheduler/explanation/explanation.ts';
import { OTHER_NAMESPACE, withoutOthers } from '../../../src/scheduler/explanation/redaction.ts';

function holding(group: string): GroupHolding {
  return { group, queue: 'q', held: '1', promised: '0', pods: 1, priority: 0, mayGo: false, why: '' };
}

const TOLD: Explanation = {
  group: 'own/late',
  queue: 'q',
  phase: 'Pending',
  verifiedSubmitter: '',
  state: 'waits',
  members: { minimum: 1, pods: 1, placed: 0, pending: 1, missing: 1, roles: [] },
  reasons: [],
  pods: [],
  queues: [],
  near: [],
  room: {
    resource: 'cpu',
    scope: 'cluster',
    queues: [{ queue: 'q', held: '3', groups: 3 }],
    groups: [holding('own/a'), holding('secret/b'), holding('team/c')],
    others: 2,
    byStrangers: '0',
  },
  line: { for: 'placement', position: 3, of: 3, before: ['secret/b', 'own/a'], queuesBefore: 0 },
  reservation: { isOwn: false, group: 'secret/b', nodes: ['n1'], since: '', until: '' },
  promised: [{ node: 'n1', pods: 1, leaving: ['secret/b-0', 'own/a-0'] }],
};

describe('explanations for those who may read some namespaces', () => {
  it('leave sums of all others, and no name', () => {
    const told = withoutOthers(TOLD, new Set(['own']));
    expect(JSON.stringify(told)).to.not.match(/secret|team/);
    expect(told.room?.groups.map(({ group }) => group)).to.deep.equal(['own/a']);
    expect([told.room?.others, told.room?.queues]).to.deep.equal([4, TOLD.room?.queues]);
    expect(told.line?.before).to.deep.equal([OTHER_NAMESPACE, 'own/a']);
    expect(told.promised[0]?.leaving).to.deep.equal([OTHER_NAMESPACE, 'own/a-0']);
  });

  it('are whole for those who may read all', () => {
    expect(withoutOthers(TOLD, new Set(['own', 'secret', 'team']))).to.deep.equal(TOLD);
  });
});

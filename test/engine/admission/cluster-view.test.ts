import { expect } from 'chai';
import type { OwnerRecord } from '../../../src/api/records/owner-record.ts';
import { ReflectedView } from '../../../src/engine/admission/cluster-view.ts';
import { GROUP_VIEW, NAMESPACE_VIEW, QUEUE_VIEW } from '../../../webhooks/view-kinds.ts';
import { makeNamespace } from '../../support/controller-records.ts';
import { makePodGroup, makeQueue } from '../../support/records.ts';

const KINDS = [QUEUE_VIEW, NAMESPACE_VIEW, GROUP_VIEW];
const owner = (uid: string): OwnerRecord => ({ apiVersion: 'batch/v1', kind: 'Job', name: 'job', uid });

describe('the view of the webhook', () => {
  it('is synced once queues, namespaces and groups were listed', () => {
    const view = new ReflectedView(KINDS);
    view.handler(QUEUE_VIEW)([{ kind: 'replace', records: [] }]);
    view.handler(GROUP_VIEW)([{ kind: 'replace', records: [] }]);
    expect(view.synced).to.equal(false);
    view.handler(NAMESPACE_VIEW)([{ kind: 'replace', records: [] }]);
    expect(view.synced).to.equal(true);
  });

  it('is complete once all is listed and the default queue was there, and stays so', () => {
    const view = new ReflectedView([QUEUE_VIEW]);
    expect(view.isComplete).to.equal(false);
    view.handler(QUEUE_VIEW)([{ kind: 'replace', records: [makeQueue('root'), makeQueue('blue')] }]);
    expect(view.isComplete).to.equal(false);
    view.handler(QUEUE_VIEW)([{ kind: 'upsert', record: makeQueue('default') }]);
    expect(view.isComplete).to.equal(true);
    view.handler(QUEUE_VIEW)([{ kind: 'delete', record: makeQueue('default') }]);
    expect(view.isComplete).to.equal(true);
  });

  it('knows queues and sorts their names', () => {
    const view = new ReflectedView(KINDS);
    view.handler(QUEUE_VIEW)([
      {
        kind: 'replace',
        records: [makeQueue('red', { parent: 'root', state: 'Closed', deleting: true }), makeQueue('blue')],
      },
    ]);
    expect(view.queueNames()).to.deep.equal(['blue', 'red']);
    expect(view.queue('red')).to.deep.equal({
      state: 'Closed',
      deleting: true,
      parent: 'root',
      hasChildren: false,
      capability: undefined,
    });
    expect(view.queue('green')).to.equal(undefined);
    view.handler(QUEUE_VIEW)([
      { kind: 'upsert', record: makeQueue('green') },
      { kind: 'delete', record: makeQueue('blue') },
    ]);
    expect(view.queueNames()).to.deep.equal(['green', 'red']);
  });

  it('tells what a queue holds by its status, and how many of its groups want to run', () => {
    const view = new ReflectedView(KINDS);
    const allocatedText = JSON.stringify({ cpu: '2', memory: '1Gi' });
    view.handler(QUEUE_VIEW)([{ kind: 'replace', records: [makeQueue('a', { allocatedText }), makeQueue('b')] }]);
    expect([...view.heldBy('a')]).to.deep.equal([
      ['cpu', 2000],
      ['memory', 1024 * 1024],
    ]);
    expect([view.heldBy('b').size, view.heldBy('c').size]).to.deep.equal([0, 0]);
    const group = (name: string, over: Parameters<typeof makePodGroup>[2]) =>
      makePodGroup(name, 1, { queue: 'a', ...over });
    view.handler(GROUP_VIEW)([
      {
        kind: 'replace',
        records: [
          group('new', { phase: '' }),
          group('pending', { phase: 'Pending' }),
          group('inqueue', { phase: 'Inqueue' }),
          group('running', { phase: 'Running' }),
          group('suspended', { phase: 'Pending', rootState: 'Suspended' }),
          group('elsewhere', { phase: 'Pending', queue: 'b' }),
        ],
      },
    ]);
    expect([view.waitingIn('a'), view.waitingIn('b'), view.waitingIn('c')]).to.deep.equal([3, 1, 0]);
    view.handler(GROUP_VIEW)([{ kind: 'upsert', record: group('pending', { phase: 'Running' }) }]);
    expect(view.waitingIn('a')).to.equal(2);
  });

  it('counts the children of a queue through every change of parent', () => {
    const view = new ReflectedView(KINDS);
    const hasChildren = (): (boolean | undefined)[] => ['a', 'b'].map((name) => view.queue(name)?.hasChildren);
    const child = (parent: string): void =>
      view.handler(QUEUE_VIEW)([{ kind: 'upsert', record: makeQueue('child', { parent }) }]);
    view.handler(QUEUE_VIEW)([{ kind: 'replace', records: [makeQueue('a'), makeQueue('b')] }]);
    expect(hasChildren()).to.deep.equal([false, false]);
    child('a');
    child('a');
    expect(hasChildren()).to.deep.equal([true, false]);
    child('b');
    expect(hasChildren()).to.deep.equal([false, true]);
    view.handler(QUEUE_VIEW)([{ kind: 'replace', records: [makeQueue('a'), makeQueue('b')] }]);
    expect(hasChildren()).to.deep.equal([false, false]);
  });

  it('has an empty default queue for a namespace that names none or is unknown', () => {
    const view = new ReflectedView(KINDS);
    view.handler(NAMESPACE_VIEW)([
      { kind: 'replace', records: [makeNamespace('ns', { defaultQueue: 'blue' }), makeNamespace('other')] },
    ]);
    expect(['ns', 'other', 'gone'].map((name) => view.defaultQueue(name))).to.deep.equal(['blue', '', '']);
  });

  it('finds groups by name and by owner, until they are gone', () => {
    const view = new ReflectedView(KINDS);
    const group = makePodGroup('g', 2, { owner: owner('job-1') });
    const seen = {
      namespace: 'ns',
      name: 'g',
      queue: 'default',
      ownerUid: 'job-1',
      origin: '',
      submitter: '',
      tasks: new Map(),
    };
    view.handler(GROUP_VIEW)([{ kind: 'upsert', record: group }]);
    expect(view.group('ns', 'g')).to.deep.equal(seen);
    expect(view.groupOfOwner('job-1')).to.deep.equal(seen);
    view.handler(GROUP_VIEW)([{ kind: 'upsert', record: { ...group, owner: owner('job-2') } }]);
    expect(view.groupOfOwner('job-1')).to.equal(undefined);
    expect(view.groupOfOwner('job-2')?.name).to.equal('g');
    view.handler(GROUP_VIEW)([{ kind: 'delete', record: group }]);
    expect([view.group('ns', 'g'), view.groupOfOwner('job-2')]).to.deep.equal([undefined, undefined]);
  });

  it('keeps the new group of an owner when a list shows the old one gone', () => {
    const view = new ReflectedView(KINDS);
    view.handler(GROUP_VIEW)([{ kind: 'replace', records: [makePodGroup('old', 2, { owner: owner('job-1') })] }]);
    view.handler(GROUP_VIEW)([{ kind: 'replace', records: [makePodGroup('new', 2, { owner: owner('job-1') })] }]);
    expect(view.groupOfOwner('job-1')?.name).to.equal('new');
  });

  it('names the groups of a queue that have not come to their end', () => {
    const view = new ReflectedView(KINDS);
    const records = [
      makePodGroup('waits', 1, { queue: 'blue', phase: 'Pending' }),
      makePodGroup('runs', 1, { queue: 'blue', phase: 'Running' }),
      makePodGroup('done', 1, { queue: 'blue', phase: 'Completed' }),
      makePodGroup('failed', 1, { queue: 'blue', phase: 'Pending', rootState: 'Ended' }),
      makePodGroup('elsewhere', 1, { queue: 'red' }),
    ];
    view.handler(GROUP_VIEW)([{ kind: 'replace', records }]);
    expect(view.groupsIn('blue')).to.deep.equal(['ns/runs', 'ns/waits']);
  });

  it('knows its own user, and nobody when it has none', () => {
    const named = new ReflectedView(KINDS, 'sluice');
    expect(['sluice', 'alice', ''].map((name) => named.isOwn(name))).to.deep.equal([true, false, false]);
    expect(new ReflectedView(KINDS).isOwn('')).to.equal(false);
  });
});

import { expect } from 'chai';
import type { ReasonCode } from '../../../../src/api/reasons.ts';
import type { PodRecord } from '../../../../src/api/records/pod-record.ts';
import { RefusalWriter } from '../../../../src/engine/cycle/tell/refusal-writer.ts';
import { SLUICES_WORDS } from '../../../../src/engine/cycle/tell/words.ts';
import { arrayAt, memberAt } from '../../../../src/lib/json.ts';
import { settled } from '../../../support/controller-ports.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { makePod, makePodGroup, makeShape } from '../../../support/records.ts';
import { ScriptedWriter } from '../../../support/scripted-writer.ts';

const SHAPE = makeShape({ cpu: 1000 });
const TOLD =
  'QueueLimit: The queue has nothing left of a resource: of its share, of its capability or that of a queue above it, or of what others leave. PodGroup ns/g tells more.';

class Bench {
  readonly clock = new ManualClock(0);
  readonly writer = new ScriptedWriter();
  readonly events: string[] = [];
  readonly pods = new Map<string, PodRecord>();
  readonly refusals: RefusalWriter;

  constructor(repeatsMs?: number) {
    this.refusals = new RefusalWriter({
      writer: this.writer,
      clock: this.clock,
      events: { record: ({ name }, _type, reason, _action, note) => this.events.push(`${name} ${reason} ${note}`) },
      pod: (uid) => this.pods.get(uid),
      group: () => makePodGroup('g', 2),
      snapshot: { jobs: new Map(), missingGroups: () => [] },
      words: { ...SLUICES_WORDS, repeatsMs },
    });
  }

  pod(name: string, overrides: Partial<PodRecord> = {}): void {
    this.pods.set(`uid-${name}`, makePod(name, 'g', SHAPE, overrides));
  }

  want(message: string, code: ReasonCode = 'QueueLimit', nodesHelp = true): void {
    this.refusals.want({ kind: 'refusal', group: 'ns/g', uids: [...this.pods.keys()], code, message, nodesHelp });
  }

  /** Messages on the group, with the seconds of the clock. */
  get told(): string[] {
    return this.events
      .filter((event) => event.startsWith('g '))
      .map((event) => event.slice(event.lastIndexOf(' ') + 1));
  }
}

describe('refusal writer', () => {
  it('tells the group again and again where that is wanted, until it waits no more', () => {
    const bench = new Bench(60_000);
    bench.pod('p');
    bench.want('full');
    bench.clock.advance(1000);
    bench.want('fuller');
    bench.clock.advance(60_000);
    bench.clock.advance(60_000);
    expect(bench.told).to.deep.equal(['full', 'fuller', 'fuller']);
    bench.refusals.settled('ns/g');
    bench.clock.advance(600_000);
    expect(bench.told).to.have.length(3);
    expect(bench.events.filter((event) => event.startsWith('p '))).to.have.length(1);
  });

  it('tells group and pods, once the refusal has lasted a second', () => {
    const bench = new Bench();
    bench.pod('p');
    bench.want('full');
    bench.clock.advance(999);
    expect(bench.events).to.deep.equal([]);
    bench.clock.advance(1);
    expect(bench.events).to.deep.equal(['g Unschedulable QueueLimit: full', 'p FailedScheduling QueueLimit: full']);
    expect(bench.writer.requests[0]?.body).to.deep.equal({
      metadata: { uid: 'uid-p' },
      status: {
        conditions: [
          {
            type: 'PodScheduled',
            status: 'False',
            reason: 'Unschedulable',
            message: TOLD,
            lastTransitionTime: '1970-01-01T00:00:01Z',
          },
        ],
      },
    });
  });

  it('keeps the word that autoscalers look for from pods that more nodes do not help, and gives it back', async () => {
    const bench = new Bench();
    bench.pod('p');
    const reasons = (): unknown[] =>
      bench.writer.requests.map(({ body }) => memberAt(arrayAt(body, 'status', 'conditions')[0], 'reason'));
    bench.want('full', 'QueueLimit', false);
    bench.clock.advance(1000);
    expect(reasons()).to.deep.equal(['QueueLimit']);
    await settled();
    bench.pod('p', { unschedulableMessage: TOLD });
    bench.want('full', 'QueueLimit', true);
    bench.clock.advance(10_000);
    expect(reasons()).to.deep.equal(['QueueLimit', 'Unschedulable']);
  });

  it('says nothing of a group that was placed in time', () => {
    const bench = new Bench();
    bench.pod('p');
    bench.want('full');
    bench.refusals.settled('ns/g');
    bench.clock.advance(20_000);
    expect(bench.events).to.deep.equal([]);
  });

  it('does not repeat itself', () => {
    const bench = new Bench();
    bench.want('full');
    bench.clock.advance(1000);
    for (let i = 0; i < 30; i += 1) {
      bench.want('full');
      bench.clock.advance(1000);
    }
    expect(bench.told).to.deep.equal(['full']);
  });

  it('does not repeat itself when only the numbers change', () => {
    const bench = new Bench();
    bench.pod('p');
    for (let i = 0; i < 60; i += 1) {
      bench.want(`${i}/8 nodes`);
      bench.clock.advance(1000);
    }
    expect(bench.events).to.have.length(2);
    expect(bench.writer.requests).to.have.length(1);
  });

  it('tells a changed reason at most every ten seconds, and then the newest', () => {
    const bench = new Bench();
    const codes = ['QueueLimit', 'QueueOverused', 'NotEnoughResources'] as const;
    for (let i = 0; i < 25; i += 1) {
      bench.want(`full-${i}`, codes[i % 3]);
      bench.clock.advance(1000);
    }
    expect(bench.told).to.deep.equal(['full-0', 'full-10', 'full-20']);
  });

  it('does not repeat a reason that changed and changed back in the meantime', () => {
    const bench = new Bench();
    bench.want('full');
    bench.clock.advance(1000);
    bench.want('none left', 'QueueOverused');
    bench.want('full');
    bench.clock.advance(20_000);
    expect(bench.told).to.deep.equal(['full']);
  });

  it('starts anew after the group was placed', () => {
    const bench = new Bench();
    bench.want('full');
    bench.clock.advance(1000);
    bench.refusals.settled('ns/g');
    bench.want('full');
    bench.clock.advance(1000);
    expect(bench.told).to.deep.equal(['full', 'full']);
  });

  it('leaves pods alone that are bound, deleted or gone, and conditions that say it already', () => {
    const bench = new Bench();
    bench.pod('bound', { nodeName: 'n1' });
    bench.pod('deleted', { deleting: true });
    bench.pod('told', { unschedulableMessage: TOLD });
    bench.pod('gone');
    bench.want('full');
    bench.pods.delete('uid-gone');
    bench.clock.advance(1000);
    expect(bench.events).to.deep.equal(['g Unschedulable QueueLimit: full', 'told FailedScheduling QueueLimit: full']);
    expect(bench.writer.requests).to.deep.equal([]);
  });

  it('gives every pod the condition, and eight of a group an event', async () => {
    const bench = new Bench();
    for (let i = 0; i < 20; i += 1) bench.pod(`p${i}`);
    bench.want('full');
    bench.clock.advance(1000);
    expect(bench.events.filter((event) => event.includes('FailedScheduling')).length).to.equal(8);
    await settled();
    const conditions = bench.writer.requests.flatMap(({ body }) => arrayAt(body, 'status', 'conditions'));
    expect(conditions.length).to.equal(20);
  });

  it('tells pods that came later, although the reason is the same', () => {
    const bench = new Bench();
    bench.pod('early');
    bench.want('full');
    bench.clock.advance(1000);
    bench.pod('late');
    bench.want('full');
    bench.clock.advance(10_000);
    expect(bench.events.filter((event) => event.startsWith('late '))).to.deep.equal([
      'late FailedScheduling QueueLimit: full',
    ]);
  });

  it('tells nothing more once it is stopped', () => {
    const bench = new Bench();
    bench.want('full');
    bench.refusals.stop();
    bench.clock.advance(20_000);
    expect([bench.told, bench.clock.pending]).to.deep.equal([[], 0]);
  });
});

import { expect } from 'chai';
import fc from 'fast-check';
import { createLeaderElector, LEASE_TIMINGS, writeTimeoutMs } from '../../../src/engine/lead/lease.ts';
import type { LeaderElector } from '../../../src/engine/lead/lease.ts';
import { makeLease } from '../../../src/engine/lead/lease-record.ts';
import { FREE_ROOM_ANNOTATION } from '../../../src/api/keys.ts';
import { memberAt, stringAt } from '../../../src/lib/json.ts';
import { LeaseServer, slowWriter, StallingClock } from '../../support/lease-world.ts';
import type { Passage } from '../../support/lease-world.ts';
import { fixedRandomness, ManualClock } from '../../support/manual-clock.ts';
import { QUIET_LOG } from '../../support/quiet-log.ts';
import { RecordingMetrics } from '../../support/recording-metrics.ts';

const DIRECT: Passage = { thereMs: 1, backMs: 1, lost: 'nothing' };

/** One candidate and what it was told. */
interface Candidate {
  readonly elector: LeaderElector;
  readonly clock: StallingClock;
  readonly acquired: number[];
  /** Of each term that it acquired. */
  readonly followsNobody: boolean[];
  readonly lost: string[];
  passage: () => Passage;
  /** What it says that nodes have left. */
  freeRoom: string | undefined;
}

describe('leader election', () => {
  let clock: ManualClock;
  let server: LeaseServer;

  beforeEach(() => {
    clock = new ManualClock();
    server = new LeaseServer();
  });

  it('gives a free lease to the first that asks', async () => {
    const a = candidate('a');
    a.elector.start();
    await pass(1000);
    expect([a.elector.isLeader(), a.elector.epoch, a.acquired, server.holder]).to.deep.equal([true, 0, [0], 'a']);
    expect(memberAt(server.lease, 'spec', 'leaseDurationSeconds')).to.equal(15);
    expect(stringAt(server.lease, ['spec', 'renewTime'])).to.match(/^1970-01-01T00:00:00\.\d{6}Z$/);
  });

  it('keeps the labels and annotations of whoever installed the lease, also when it is given back', async () => {
    const place = { namespace: 'n', name: 'sluice', resourceVersion: '', acquireTime: '', renewTime: '' };
    const marks = { labels: { by: 'helm' }, annotations: { release: 'one', 'sluice.dev/operations': 'http://gone' } };
    server.handle(write(makeLease({ ...place, marks, holder: '', durationMs: 1000, transitions: 0 })));
    const a = candidate('a');
    a.elector.start();
    await pass(10_000);
    const found = (): unknown => ['labels', 'annotations'].map((key) => memberAt(server.lease, 'metadata', key));
    expect([server.holder, found()]).to.deep.equal(['a', [{ by: 'helm' }, { release: 'one' }]]);
    const stopped = a.elector.stop();
    await pass(1000);
    await stopped;
    expect([server.holder, found()]).to.deep.equal(['', [{ by: 'helm' }, { release: 'one' }]]);
  });

  it('tells what nodes have left with each renewal, and takes it back with the lease', async () => {
    const a = candidate('a');
    const told = (): string => stringAt(server.lease, ['metadata', 'annotations', FREE_ROOM_ANNOTATION]);
    a.elector.start();
    a.freeRoom = '{"cpu":"4"}';
    await pass(3000);
    expect(told()).to.equal('{"cpu":"4"}');
    a.freeRoom = '{"cpu":"1"}';
    await pass(3000);
    expect(told()).to.equal('{"cpu":"1"}');
    const stopped = a.elector.stop();
    await pass(1000);
    await stopped;
    expect([server.holder, told()]).to.deep.equal(['', '']);
  });

  it('keeps the lease by renewing it every two seconds, without reading it', async () => {
    const a = candidate('a');
    a.elector.start();
    await pass(60_000);
    expect([a.elector.isLeader(), a.lost]).to.deep.equal([true, []]);
    expect(server.writes).to.be.within(29, 31);
  });

  it('is taken over only after the whole duration was seen to pass, and the epoch grows', async () => {
    const a = candidate('a');
    const b = candidate('b');
    a.elector.start();
    await pass(5000);
    b.elector.start();
    await pass(1000);
    a.passage = () => ({ ...DIRECT, lost: 'request' });
    await pass(10_000);
    expect([a.elector.isLeader(), a.lost]).to.deep.equal([false, ['the lease was not renewed in time']]);
    await pass(3000);
    expect(b.acquired).to.deep.equal([]);
    await pass(6000);
    expect([b.elector.isLeader(), b.elector.epoch, b.acquired]).to.deep.equal([true, 1, [1]]);
  });

  it('never judges by the times in the lease', async () => {
    const old = { namespace: 'sluice', name: 'sluice', resourceVersion: '', durationMs: 15_000, transitions: 7 };
    const stamp = '2001-01-01T00:00:00.000000Z';
    server.handle(write(makeLease({ ...old, holder: 'other', acquireTime: stamp, renewTime: stamp })));
    const a = candidate('a');
    a.elector.start();
    await pass(14_000);
    expect(a.elector.isLeader()).to.equal(false);
    await pass(4000);
    expect([a.elector.isLeader(), a.elector.epoch]).to.deep.equal([true, 8]);
  });

  it('waits for the longer duration when the holder was configured with one', async () => {
    const stamp = '2001-01-01T00:00:00.000000Z';
    const held = {
      namespace: 'n',
      name: 'l',
      resourceVersion: '',
      holder: 'other',
      durationMs: 60_000,
      transitions: 0,
    };
    server.handle(write(makeLease({ ...held, acquireTime: stamp, renewTime: stamp })));
    const a = candidate('a');
    a.elector.start();
    await pass(59_000);
    expect(a.elector.isLeader()).to.equal(false);
    await pass(5000);
    expect(a.elector.isLeader()).to.equal(true);
  });

  it('counts a term from when the renewal was sent, not from when it was answered', async () => {
    const a = candidate('a');
    a.passage = () => ({ thereMs: 1, backMs: 3000, lost: 'nothing' });
    a.elector.start();
    await pass(6500);
    expect(a.elector.isLeader()).to.equal(true);
    a.passage = () => ({ ...DIRECT, lost: 'request' });
    await pass(7000);
    expect(a.elector.isLeader()).to.equal(false);
  });

  it('loses at once when another holds the lease, and does not write over it', async () => {
    const a = candidate('a');
    a.elector.start();
    await pass(1000);
    server.handle({ ...write(undefined), verb: 'replace', body: rewritten('thief') });
    await pass(2500);
    expect([a.elector.isLeader(), a.lost, server.holder]).to.deep.equal([
      false,
      ['the lease is held by thief'],
      'thief',
    ]);
  });

  for (const makesMissing of [true, false]) {
    it(`has one leader at most after somebody deleted the lease; a replacement ${makesMissing ? 'makes it' : 'fails'}`, async () => {
      server.makesMissing = makesMissing;
      const both = [candidate('a'), candidate('b')];
      for (const { elector } of both) elector.start();
      await pass(5000);
      const leader = both.find(({ elector }) => elector.isLeader());
      leader?.clock.stall(8000);
      server.lease = undefined;
      for (let second = 0; second < 40; second += 1) {
        await pass(1000);
        expect(both.filter(({ elector }) => elector.isLeader()).length).to.be.at.most(1);
      }
      expect(both.filter(({ elector }) => elector.isLeader())).to.have.length(1);
      expect(leader?.lost).to.deep.equal(makesMissing ? [] : ['the lease was deleted']);
    });
  }

  it('keeps leading when renewals are written but their answers are lost now and then', async () => {
    const a = candidate('a');
    let attempt = 0;
    a.passage = () => ({ ...DIRECT, lost: (attempt += 1) % 5 === 0 ? 'answer' : 'nothing' });
    a.elector.start();
    await pass(120_000);
    expect([a.elector.isLeader(), a.lost]).to.deep.equal([true, []]);
  });

  it('does not come back to a term that ran out while the process was held still', async () => {
    const a = candidate('a');
    a.elector.start();
    await pass(1000);
    a.clock.stall(11_000);
    await pass(10_500);
    expect(a.elector.isLeader()).to.equal(false);
    await pass(500);
    expect(a.lost).to.have.length(1);
  });

  for (const stalledMs of [11_000, 30_000]) {
    it(`takes and renews nothing any more after it lost a term while it was held still for ${stalledMs / 1000} s`, async () => {
      const a = candidate('a');
      a.elector.start();
      await pass(1000);
      a.clock.stall(stalledMs);
      const { writes } = server;
      await pass(120_000);
      expect([a.acquired, a.lost.length, a.elector.isLeader(), server.writes]).to.deep.equal([[0], 1, false, writes]);
      await a.elector.stop();
      expect([server.writes, clock.pending]).to.deep.equal([writes, 0]);
    });
  }

  it('says that it does not lead before it ever did', () => {
    const metrics = new RecordingMetrics();
    metrics.gauge('sluice_leader', {}, 7);
    candidate('a', () => DIRECT, metrics).elector.start();
    expect(metrics.value('sluice_leader', {})).to.equal(0);
  });

  for (const [seconds, wantMs] of [
    [1, 266],
    [2, 533],
    [12, 3200],
    [15, 4000],
    [60, 4000],
  ] as const) {
    it(`lets a write take ${wantMs} ms with a lease of ${seconds} s: less than a successor has to wait`, () => {
      const factor = seconds / 15;
      const { durationMs, renewDeadlineMs } = LEASE_TIMINGS;
      const timings = {
        ...LEASE_TIMINGS,
        durationMs: durationMs * factor,
        renewDeadlineMs: renewDeadlineMs * factor,
      };
      expect(writeTimeoutMs(timings)).to.equal(wantMs);
      expect(writeTimeoutMs(timings)).to.be.lessThan(timings.durationMs - timings.renewDeadlineMs);
    });
  }

  it('gives the lease back when it stops, so that the next one need not wait', async () => {
    const a = candidate('a');
    const b = candidate('b');
    a.elector.start();
    await pass(1000);
    b.elector.start();
    await pass(1000);
    const stopped = a.elector.stop();
    await pass(10);
    await stopped;
    expect([a.elector.isLeader(), a.lost, server.holder]).to.deep.equal([false, [], '']);
    await pass(2400);
    expect([b.elector.isLeader(), b.elector.epoch]).to.deep.equal([true, 1]);
  });

  describe('a look before anything is read', () => {
    const CASES = [
      {
        name: 'a lease that was given back and that nobody took since',
        meanwhile: 'nothing',
        looks: true,
        follows: true,
      },
      { name: 'one that somebody held since and gave back', meanwhile: 'a term', looks: true, follows: false },
      { name: 'one at which it did not look', meanwhile: 'nothing', looks: false, follows: false },
    ] as const;
    for (const { name, meanwhile, looks, follows } of CASES) {
      it(`${follows ? 'shows' : 'does not show'} that nobody led: ${name}`, async () => {
        const hold = async (who: Candidate): Promise<void> => {
          who.elector.start();
          await pass(1000);
          const stopped = who.elector.stop();
          await pass(1000);
          await stopped;
        };
        await hold(candidate('first'));
        const next = candidate('next');
        if (looks) void next.elector.look();
        await pass(1000);
        if (meanwhile === 'a term') await hold(candidate('between'));
        next.elector.start();
        await pass(1000);
        expect([server.holder, next.followsNobody]).to.deep.equal(['next', [follows]]);
      });
    }

    it('does not show that nobody led while somebody does, nor where no lease is', async () => {
      const first = candidate('first');
      void first.elector.look();
      await pass(1000);
      first.elector.start();
      await pass(1000);
      const next = candidate('next');
      void next.elector.look();
      await pass(1000);
      const stopped = first.elector.stop();
      await pass(1000);
      await stopped;
      next.elector.start();
      await pass(1000);
      expect([first.followsNobody, next.followsNobody]).to.deep.equal([[false], [false]]);
    });
  });

  it('gives back a lease that it won while it was stopping', async () => {
    const a = candidate('a');
    a.passage = () => ({ thereMs: 500, backMs: 500, lost: 'nothing' });
    a.elector.start();
    await pass(1200);
    let holderAtTheEnd = 'not ended';
    void a.elector.stop().then(() => (holderAtTheEnd = server.holder));
    await pass(5000);
    expect([a.acquired, holderAtTheEnd]).to.deep.equal([[], '']);
  });

  it('leaves no timer behind', async () => {
    const a = candidate('a');
    a.elector.start();
    await pass(3000);
    const stopped = a.elector.stop();
    await pass(10_000);
    await stopped;
    expect(clock.pending).to.equal(0);
  });

  it('never has two leaders, nor a new one while a write of the old one may be under way', async () => {
    await fc.assert(fc.asyncProperty(fc.array(passages, { minLength: 20, maxLength: 60 }), disturbances, checkWorld), {
      numRuns: 60,
    });
  });

  const mostlyShort = fc.oneof(
    { weight: 9, arbitrary: fc.integer({ min: 0, max: 300 }) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 12_000 }) },
  );

  /** Lossy or slow ways, some of them longer than the writer waits. */
  const passages: fc.Arbitrary<Passage> = fc.record({
    thereMs: mostlyShort,
    backMs: mostlyShort,
    lost: fc.oneof(
      { weight: 8, arbitrary: fc.constant('nothing' as const) },
      { weight: 1, arbitrary: fc.constantFrom('request' as const, 'answer' as const) },
    ),
  });

  const disturbances = fc.array(
    fc.record({
      who: fc.integer({ min: 0, max: 2 }),
      atMs: fc.integer({ min: 0, max: 120_000 }),
      what: fc.constantFrom('stall', 'cut', 'restart'),
      forMs: fc.integer({ min: 1000, max: 40_000 }),
    }),
    { minLength: 4, maxLength: 16 },
  );

  async function checkWorld(ways: readonly Passage[], disturb: readonly Disturbance[]): Promise<void> {
    clock = new ManualClock();
    server = new LeaseServer();
    const lastTrueMs = new Map<Candidate, number>();
    const everyone = [0, 1, 2].map((index) => candidate(`c${index}`, travel(ways, index)));
    for (const { elector } of everyone) elector.start();
    const waiting = disturb.toSorted((a, b) => a.atMs - b.atMs);
    for (let nowMs = 0; nowMs < 120_000; nowMs += 250) {
      while ((waiting[0]?.atMs ?? Infinity) <= nowMs) disturbWorld(everyone, waiting.shift(), lastTrueMs);
      await pass(250, 250);
      checkLeaders(everyone, lastTrueMs);
      for (const [who, { lost, passage }] of everyone.entries()) if (lost.length > 0) replace(everyone, who, passage);
    }
    for (const { elector } of everyone) void elector.stop();
  }

  function checkLeaders(everyone: readonly Candidate[], lastTrueMs: Map<Candidate, number>): void {
    const leaders = everyone.filter(({ elector }) => elector.isLeader());
    expect(leaders.length, 'leaders at once').to.be.at.most(1);
    for (const leader of leaders) {
      for (const [other, trueMs] of lastTrueMs) {
        if (other !== leader) expect(clock.monotonicMs() - trueMs, 'time since the old term').to.be.at.least(4000);
      }
      lastTrueMs.set(leader, clock.monotonicMs());
    }
  }

  function disturbWorld(
    everyone: Candidate[],
    what: Disturbance | undefined,
    lastTrueMs: Map<Candidate, number>,
  ): void {
    const target = everyone[what?.who ?? 0];
    if (what === undefined || target === undefined) return;
    if (what.what === 'stall') {
      target.clock.stall(what.forMs);
    } else if (what.what === 'cut') {
      const before = target.passage;
      target.passage = () => ({ ...DIRECT, lost: 'request' });
      clock.after(what.forMs, () => (target.passage = before));
    } else {
      // A clean end: whoever comes next may start at once.
      void target.elector.stop();
      lastTrueMs.delete(target);
      replace(everyone, what.who, target.passage);
    }
  }

  let successors = 0;

  /** A process ends, and another one starts, with a name that nobody had: several may follow each other at the same time. */
  function replace(everyone: Candidate[], who: number, passage: () => Passage): void {
    successors += 1;
    const successor = candidate(`${who}-${successors}`, passage);
    everyone[who] = successor;
    successor.elector.start();
  }

  function candidate(
    identity: string,
    passage: () => Passage = () => DIRECT,
    metrics = new RecordingMetrics(),
  ): Candidate {
    const own = new StallingClock(clock);
    const told: Pick<Candidate, 'acquired' | 'followsNobody' | 'lost'> = { acquired: [], followsNobody: [], lost: [] };
    const elector = createLeaderElector({
      writer: slowWriter(server, own, () => made.passage()),
      clock: own,
      randomness: fixedRandomness(),
      metrics,
      log: QUIET_LOG,
      namespace: 'sluice',
      name: 'sluice',
      identity,
      freeRoom: () => made.freeRoom,
      onAcquired: ({ epoch, followsNobody }) => {
        told.acquired.push(epoch);
        told.followsNobody.push(followsNobody);
      },
      onLost: (reason) => void told.lost.push(reason),
    });
    const made: Candidate = { elector, clock: own, passage, freeRoom: undefined, ...told };
    return made;
  }

  /** Moves time on in small steps, and lets promises run between them. */
  async function pass(byMs: number, stepMs = 100): Promise<void> {
    for (let passedMs = 0; passedMs < byMs; passedMs += stepMs) {
      await flush();
      clock.advance(Math.min(stepMs, byMs - passedMs));
    }
    await flush();
  }

  function rewritten(holder: string): ReturnType<typeof makeLease> {
    const resourceVersion = stringAt(server.lease, ['metadata', 'resourceVersion']);
    const stamp = '2001-01-01T00:00:00.000000Z';
    const place = { namespace: 'sluice', name: 'sluice', resourceVersion };
    return makeLease({ ...place, holder, durationMs: 15_000, transitions: 3, acquireTime: stamp, renewTime: stamp });
  }
});

interface Disturbance {
  readonly who: number;
  readonly atMs: number;
  readonly what: 'stall' | 'cut' | 'restart';
  readonly forMs: number;
}

function travel(ways: readonly Passage[], offset: number): () => Passage {
  let next = offset * 7;
  return () => ways[(next += 1) % ways.length] ?? DIRECT;
}

function write(body: ReturnType<typeof makeLease> | undefined): Parameters<LeaseServer['handle']>[0] {
  const type = { group: '', version: '', plural: '', kind: '', namespaced: true };
  return { verb: 'create', type, namespace: 'n', name: 'l', subresource: '', body, lane: 'decision' };
}

async function flush(): Promise<void> {
  for (let turn = 0; turn < 12; turn += 1) await Promise.resolve();
}

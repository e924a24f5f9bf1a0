import { expect } from 'chai';
import type { PodRecord } from '../../../../src/api/records/pod-record.ts';
import { Evictor } from '../../../../src/engine/cycle/evict/evictor.ts';
import { SLUICES_WORDS } from '../../../../src/engine/cycle/tell/words.ts';
import type { WriteOutcome } from '../../../../src/engine/ports.ts';
import type { EvictDecision } from '../../../../src/scheduler/session/decision.ts';
import { settled } from '../../../support/controller-ports.ts';
import { fixedRandomness, ManualClock } from '../../../support/manual-clock.ts';
import { QUIET_LOG } from '../../../support/quiet-log.ts';
import { RecordingMetrics } from '../../../support/recording-metrics.ts';
import { makePod, makePodGroup, makeShape } from '../../../support/records.ts';
import { partsOf } from '../../../support/sub-groups.ts';
import {
  CONFLICT,
  DONE,
  NOT_FOUND,
  NOT_LEADER,
  OVER_BUDGET,
  REFUSED,
  ScriptedWriter,
  THROTTLED,
  UNKNOWN,
} from '../../../support/scripted-writer.ts';

const OWNER = { apiVersion: 'batch/v1', kind: 'Job', name: 'j', uid: 'uid-j' };
const RUNNING: Partial<PodRecord> = { nodeName: 'n1', phase: 'Running', owner: OWNER };

/** An evictor over pods of group `g`, all of which run; answers as the script says. */
class World {
  readonly events: string[] = [];
  readonly forgotten: string[] = [];
  readonly spared: string[] = [];
  readonly metrics = new RecordingMetrics();
  readonly clock = new ManualClock(0);
  readonly writer: ScriptedWriter;
  readonly pods = new Map<string, PodRecord>();
  /** Parts that are broken, by UIDs. */
  parts: readonly (readonly string[])[] = [];
  /** Of the group's members, beside those that are evicted. */
  others = 0;
  readonly #evictor: Evictor;
  readonly #minMember: number;

  constructor(minMember: number, names: readonly string[], ...script: readonly WriteOutcome[]) {
    this.writer = new ScriptedWriter(...script);
    this.#minMember = minMember;
    for (const name of names) this.pods.set(`uid-${name}`, makePod(name, 'g', makeShape({}), RUNNING));
    const { writer, clock, metrics, events } = this;
    this.#evictor = new Evictor({
      writer,
      clock,
      metrics,
      randomness: fixedRandomness(),
      log: QUIET_LOG,
      words: SLUICES_WORDS,
      events: {
        record: ({ type, name }, _type, reason, _action, note) =>
          void events.push(`${type.kind} ${name} ${reason}: ${note}`),
      },
      checker: {
        isWhole: (_group, without) => this.#isWhole(without),
        isWholeWith: (_group, uids, without) =>
          this.#isWhole(without) && !this.parts.some((part) => part.some((uid) => uids.includes(uid))),
        brokenParts: () => this.parts,
      },
      pod: (uid) => this.pods.get(uid),
      group: () => makePodGroup('g', minMember, this.parts.length > 0 ? { subGroups: [partsOf(2, 0)] } : {}),
      forget: (uid) => void this.forgotten.push(uid),
      spare: (uid) => void this.spared.push(uid),
    });
  }

  #isWhole(without: ReadonlySet<string> = new Set()): boolean {
    return this.others + [...this.pods.keys()].filter((uid) => !without.has(uid)).length >= this.#minMember;
  }

  change(name: string, overrides: Partial<PodRecord>): this {
    this.pods.set(`uid-${name}`, makePod(name, 'g', makeShape({}), { ...RUNNING, ...overrides }));
    return this;
  }

  /** Evicts pods of the group and lets the time pass. */
  async evict(names: readonly string[], forMs = 0): Promise<this> {
    void this.#evictor.evict(names.map(decision));
    await settled();
    for (let ms = 0; ms < forMs; ms += 1000) await this.pass(1000);
    return this;
  }

  async pass(byMs: number): Promise<void> {
    this.clock.advance(byMs);
    await settled();
  }

  /** Names of the pods that were asked for, in order. */
  get asked(): string[] {
    return this.writer.requests.map(({ name }) => name);
  }
}

function decision(name: string): EvictDecision {
  const message = 'queue a takes back its share.';
  return { kind: 'evict', uid: `uid-${name}`, pod: `ns/${name}`, group: 'ns/g', code: 'Reclaimed', message };
}

describe('an evicted pod', () => {
  it('goes by the eviction subresource under its UID, with its own grace', async () => {
    const { writer } = await new World(1, ['p']).evict(['p']);
    expect(
      writer.requests.map(({ verb, subresource, lane, body }) => ({ verb, subresource, lane, body })),
    ).to.deep.equal([
      {
        verb: 'create',
        subresource: 'eviction',
        lane: 'decision',
        body: {
          apiVersion: 'policy/v1',
          kind: 'Eviction',
          metadata: { name: 'p', namespace: 'ns' },
          deleteOptions: { preconditions: { uid: 'uid-p' } },
        },
      },
    ]);
  });

  it('is told why, as are its group and its owner, and is counted', async () => {
    const { events, forgotten, metrics } = await new World(1, ['p']).evict(['p']);
    expect(events).to.deep.equal([
      'Pod p Reclaimed: queue a takes back its share.',
      'PodGroup g Evict: Pod p is evicted: queue a takes back its share.',
      'Job j Evict: Pod p is evicted: queue a takes back its share.',
    ]);
    expect(forgotten).to.deep.equal([]);
    expect(metrics.value('sluice_evictions_total', { reason: 'Reclaimed', queue_name: 'default' })).to.equal(1);
  });

  it('costs one event on group and owner, however many go with it', async () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    const { events } = await new World(1, names).evict(names);
    const note = '5 pods (a, b, c and 2 more) are evicted: queue a takes back its share.';
    expect(events.slice(5)).to.deep.equal([`PodGroup g Evict: ${note}`, `Job j Evict: ${note}`]);
  });

  it('that is gone or on its way out costs no write', async () => {
    const { asked, events, forgotten } = await new World(1, ['p']).change('p', { deleting: true }).evict(['p', 'q']);
    expect([asked, events, forgotten]).to.deep.equal([[], [], []]);
  });

  for (const other of [{ schedulerName: 'default-scheduler' }, { group: '' }, { nodeName: '' }]) {
    it(`that Sluice did not place stays: ${JSON.stringify(other)}`, async () => {
      const { asked, events, forgotten } = await new World(1, ['p']).change('p', other).evict(['p']);
      expect([asked, events, forgotten]).to.deep.equal([[], [], ['uid-p']]);
    });
  }

  for (const outcome of [NOT_FOUND, CONFLICT]) {
    it(`is gone when its eviction ends as ${outcome.kind}`, async () => {
      const { asked, forgotten } = await new World(1, ['p'], outcome).evict(['p'], 5000);
      expect([asked, forgotten]).to.deep.equal([['p'], []]);
    });
  }

  for (const outcome of [UNKNOWN, THROTTLED]) {
    it(`is asked for again after ${outcome.kind}, and no second time is told`, async () => {
      const { asked, events } = await new World(1, ['p'], outcome).evict(['p'], 6000);
      expect([asked, events.length]).to.deep.equal([['p', 'p'], 3]);
    });
  }

  for (const [outcome, cause] of [
    [OVER_BUDGET, 'budget'],
    [REFUSED, 'refused'],
  ] as const) {
    it(`stays, is spared and told so when the API server refuses it (${cause}), and is not asked for again`, async () => {
      const { asked, events, forgotten, spared, metrics } = await new World(1, ['p'], outcome).evict(['p'], 60_000);
      const message = 'message' in outcome ? outcome.message : '';
      expect(events).to.deep.equal([
        `Pod p EvictionRefused: ${message}`,
        `PodGroup g EvictionRefused: Pod p is not evicted: ${message}`,
      ]);
      expect([asked, forgotten, spared]).to.deep.equal([['p'], ['uid-p'], ['uid-p']]);
      expect(metrics.value('sluice_eviction_refusals_total', { cause })).to.equal(1);
    });
  }

  it('is spared when nobody can tell for a minute what became of it', async () => {
    const { forgotten, spared } = await new World(1, ['p'], ...Array<WriteOutcome>(100).fill(UNKNOWN)).evict(
      ['p'],
      61_000,
    );
    expect([forgotten, spared]).to.deep.equal([['uid-p'], ['uid-p']]);
  });

  it('stays and is not spared when another process leads', async () => {
    const { events, forgotten, spared } = await new World(1, ['p'], NOT_LEADER).evict(['p']);
    expect([events, forgotten, spared]).to.deep.equal([[], ['uid-p'], []]);
  });
});

describe('pods of one gang', () => {
  const names = ['a', 'b', 'c'];

  it('stay all when the first is refused, since none must go without the others', async () => {
    const { asked, forgotten, spared } = await new World(3, names, OVER_BUDGET).evict(names, 60_000);
    expect([asked, forgotten, spared]).to.deep.equal([['a'], ['uid-a', 'uid-b', 'uid-c'], ['uid-a']]);
  });

  it('stand each alone when the gang has its minimum without them', async () => {
    const world = new World(2, [...names, 'd', 'e'], OVER_BUDGET);
    const { asked, forgotten } = await world.evict(names, 60_000);
    expect([asked, forgotten]).to.deep.equal([['a', 'b', 'c'], ['uid-a']]);
  });

  it('of which one is refused when others went are tried again, longer each time, until they are gone', async () => {
    const world = await new World(3, names, DONE, DONE, ...Array<WriteOutcome>(3).fill(OVER_BUDGET)).evict(names);
    expect(world.events.filter((event) => event.includes('PartlyEvicted'))).to.deep.equal([
      'PodGroup g PartlyEvicted: 2 pods of the gang are evicted. Pod c is not evicted yet, and tried again until gone or until the group has its minimum.',
    ]);
    const retries: number[] = [];
    for (let second = 1; second <= 20; second += 1) {
      const before = world.asked.length;
      await world.pass(1000);
      if (world.asked.length > before) retries.push(second);
    }
    expect(retries[2]).to.be.greaterThan(2 * (retries[1] ?? 0));
    expect([retries.length, world.asked.slice(3), world.forgotten, world.spared]).to.deep.equal([
      3,
      ['c', 'c', 'c'],
      [],
      [],
    ]);
    expect(world.events.at(-1)).to.match(/^Job j Evict: Pod c is evicted/);
    expect(world.metrics.value('sluice_partial_evictions_total', {})).to.equal(1);
  });

  it('of which one is refused stays when others have taken the places of those that went', async () => {
    const script = [DONE, DONE, ...Array<WriteOutcome>(100).fill(OVER_BUDGET)];
    const world = await new World(3, names, ...script).evict(names, 10_000);
    expect(world.forgotten).to.deep.equal([]);
    world.others = 2;
    const asked = world.asked.length;
    await world.pass(60_000);
    await world.pass(600_000);
    expect([world.forgotten, world.spared]).to.deep.equal([['uid-c'], ['uid-c']]);
    expect(world.asked.length).to.equal(asked + 1);
  });

  it('are not asked for any more once they are gone in another way, or another process leads', async () => {
    const world = await new World(3, names, DONE, DONE, OVER_BUDGET, NOT_LEADER).evict(names, 100_000);
    expect([world.asked.length, world.forgotten, world.spared]).to.deep.equal([4, ['uid-c'], []]);
    const other = await new World(3, names, DONE, DONE, ...Array<WriteOutcome>(100).fill(OVER_BUDGET)).evict(names);
    other.change('c', { deleting: true });
    await other.pass(60_000);
    await other.pass(600_000);
    expect([other.asked.length, other.forgotten]).to.deep.equal([3, []]);
  });
});

describe('an evicted part of a gang', () => {
  it('stays whole if its first pod is refused, and hinders nobody else of the gang', async () => {
    const world = new World(1, ['a', 'b', 'c'], DONE, REFUSED);
    world.parts = [['uid-a', 'uid-b']];
    world.others = 4;
    await world.evict(['a', 'b', 'c']);
    expect(world.asked).to.deep.equal(['c', 'a']);
    expect(world.spared).to.deep.equal(['uid-a']);
    expect(world.forgotten).to.deep.equal(['uid-a', 'uid-b']);
  });

  it('is asked for until all of it is gone, although its gang is whole without it', async () => {
    const world = new World(1, ['a', 'b'], DONE, OVER_BUDGET, OVER_BUDGET);
    world.parts = [['uid-a', 'uid-b']];
    world.others = 4;
    await world.evict(['a', 'b'], 5000);
    expect(world.asked).to.deep.equal(['a', 'b', 'b', 'b']);
  });
});

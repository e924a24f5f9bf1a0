import { expect } from 'chai';
import { DEFAULT_POLICY } from '../../../src/config/policy.ts';
import type { ActionName, PluginArguments, SchedulerPolicy } from '../../../src/config/policy.ts';
import { amounts, SchedulerWorld } from '../../support/scheduler-world.ts';

const MINUTE_MS = 60_000;
const NOW = Date.UTC(2030, 0, 1, 12);

function policy(options: Readonly<Record<string, number>> = { plannedStarts: 1 }): SchedulerPolicy {
  const given = new Map<ActionName, PluginArguments>([['allocate', new Map(Object.entries(options))]]);
  return { ...DEFAULT_POLICY, actionArguments: given };
}

/** Two nodes of 4 CPUs. On the first a pod holds 3 for 10 minutes more, on the second another one holds 2 for 30. */
function world(which = policy()): SchedulerWorld {
  const made = new SchedulerWorld(which).nodes(2, amounts(4)).group('old', 1, { phase: 'Running' });
  made.nowMs = NOW;
  made.running('old-1', 'old', 'n1', { requests: amounts(3), ...until(10) });
  made.running('old-2', 'old', 'n2', { requests: amounts(2), ...until(30) });
  return made;
}

/** Of a pod that has run for 5 minutes and ends in so many. */
function until(minutes: number): { readonly runMs: number; readonly startedMs: number } {
  return { runMs: (minutes + 5) * MINUTE_MS, startedMs: NOW - 5 * MINUTE_MS };
}

/** A gang of pods of 3 CPUs: the first place is free in 10 minutes, the second one in 30. */
function large(to: SchedulerWorld, count = 1): void {
  to.gang('large', { count, requests: amounts(3) }, { createdMs: 1 });
}

/** A single pod that comes later. */
function small(to: SchedulerWorld, cpus: number, minutes: number, name = 'small'): void {
  to.gang(name, { count: 1, requests: amounts(cpus), runMs: minutes * MINUTE_MS }, { createdMs: 2 });
}

describe('a group that lacks room, where starts are planned', () => {
  it('is told when it starts, and where', () => {
    const made = world();
    large(made);
    expect(made.cycle().refused['large']).to.match(
      /^StartPlanned: .* It is planned to start on n1 by 2030-01-01T12:10Z, when enough of what runs there has ended\.$/,
    );
  });

  it('starts once all of its pods find room', () => {
    const made = world();
    large(made, 2);
    expect(made.cycle().refused['large']).to.include('on n1 and n2 by 2030-01-01T12:30Z');
  });

  it('starts no sooner than its queue may have it', () => {
    const made = world().queue('limited', { capability: new Map([['cpu', 4000]]) });
    made.node('n3', amounts(8)).group('own', 1, { phase: 'Running', queue: 'limited' });
    made.running('own-1', 'own', 'n3', { requests: amounts(2), ...until(20), queue: 'limited' });
    made.gang('large', { count: 1, requests: amounts(3) }, { createdMs: 1, queue: 'limited' });
    expect(made.cycle().refused['large']).to.match(/^StartPlanned: .* by 2030-01-01T12:20Z/);
  });

  it('is told to wait for what has run for longer than was said, with no time', () => {
    const made = world();
    made.nowMs = NOW + 20 * MINUTE_MS;
    large(made);
    expect(made.cycle().refused['large']).to.include(
      'planned to start on n1 as soon as what has run for longer than its owner said has ended',
    );
  });

  const UNPLANNED: readonly (readonly [string, (made: SchedulerWorld) => void])[] = [
    [
      'nobody says how long one of the pods in its way runs',
      (made) => made.running('old-1', 'old', 'n1', { requests: amounts(3) }),
    ],
    [
      'its start lies too far away',
      (made) => made.running('old-1', 'old', 'n1', { requests: amounts(3), ...until(1500) }),
    ],
    ['it would not fit if all had ended', (made) => made.node('n1', amounts(2))],
  ];
  for (const [when, change] of UNPLANNED) {
    it(`has no planned start when ${when}`, () => {
      const made = world();
      made.running('old-2', 'old', 'n2', { requests: amounts(2) });
      change(made);
      large(made);
      small(made, 1, 0);
      const { placed, refused } = made.cycle();
      expect(refused['large']).to.not.match(/^StartPlanned/);
      expect(placed).to.have.property('small-0');
    });
  }

  it('has none unless starts are to be planned', () => {
    const made = world(policy({}));
    large(made);
    small(made, 1, 0);
    const { placed, refused } = made.cycle();
    expect(refused['large']).to.match(/^NotEnoughResources/);
    expect(placed).to.have.property('small-0');
  });
});

/** A pod that comes after a gang of two, which needs 3 CPUs of each node in 30 minutes: CPUs, minutes, and what becomes of it. */
const LATER: readonly (readonly [string, number, number, string])[] = [
  ['starts when it has ended before the planned start', 2, 30, 'n2'],
  ['starts when it leaves enough for the planned start, however long it runs', 1, 0, 'n1'],
  ['waits when it would not have ended', 2, 31, 'RoomPlanned'],
  ['waits when nobody says how long it runs', 2, 0, 'RoomPlanned'],
];

describe('a group that comes after one with a planned start', () => {
  for (const [what, cpus, minutes, expected] of LATER) {
    it(what, () => {
      const made = world();
      large(made, 2);
      small(made, cpus, minutes);
      const { placed, refused } = made.cycle();
      expect(placed['small-0'] ?? refused['small']?.split(':')[0]).to.equal(expected);
    });
  }

  it('is told for whom its room is kept, and why', () => {
    const made = world();
    large(made, 2);
    small(made, 2, 31);
    small(made, 2, 0, 'other');
    const { refused } = made.cycle();
    const whose =
      'Room is kept for PodGroup ns/large, which is planned to start by 2030-01-01T12:30Z, when enough of what runs there has ended, and ';
    expect(refused['small']).to.include(`${whose}this group would run for longer.`);
    expect(refused['other']).to.include(`${whose}nobody says how long this group runs.`);
  });

  it('is not taken for its like that runs for a shorter time', () => {
    const made = world();
    large(made, 2);
    small(made, 2, 0, 'a');
    small(made, 2, 20, 'b');
    small(made, 2, 0, 'c');
    const { placed, refused } = made.cycle();
    expect(placed).to.have.keys('b-0');
    expect(refused['a']).to.match(/^RoomPlanned/);
    expect(refused['c']).to.match(/^RoomPlanned|^NotEnough/);
  });

  it('counts as what its group says of it, when that is less', () => {
    const made = world();
    large(made, 2);
    made.gang('small', { count: 1, requests: amounts(2) }, { createdMs: 2, runMs: 20 * MINUTE_MS });
    expect(made.cycle().placed).to.have.keys('small-0');
  });

  it('gets a planned start of its own, after the first, when several are to be planned', () => {
    const made = world(policy({ plannedStarts: 2 }));
    made.gang('large', { count: 2, requests: amounts(3), runMs: 60 * MINUTE_MS }, { createdMs: 1 });
    small(made, 2, 90);
    small(made, 2, 30, 'short');
    const { placed, refused } = made.cycle();
    expect(refused['small']).to.include('planned to start on n1 by 2030-01-01T13:30Z');
    expect(placed).to.have.keys('short-0');
  });
});

describe('a group that has waited for too long, where starts are planned', () => {
  function waited(made: SchedulerWorld, minutes: number): SchedulerWorld {
    made.cycle();
    made.nowMs += minutes * MINUTE_MS;
    return made;
  }

  it('gets a planned start in place of room that stands empty', () => {
    const made = world();
    large(made, 2);
    waited(made, 6);
    small(made, 2, 20);
    const { placed, refused } = made.cycle();
    expect(refused['large']).to.match(/^StartPlanned: .* by 2030-01-01T12:30Z/);
    expect(placed).to.have.keys('small-0');
  });

  it('has room kept for it as before when nobody says how long the others run', () => {
    const made = world();
    made.running('old-2', 'old', 'n2', { requests: amounts(2) });
    large(made, 2);
    waited(made, 6);
    small(made, 2, 20);
    const { placed, refused } = made.cycle();
    expect(refused['large']).to.match(/^RoomReserved/);
    expect(placed).to.deep.equal({});
  });

  it('gives its turn up when it has not started long after its first planned start', () => {
    const made = world(policy({ plannedStarts: 1, reserveForSeconds: 120 }));
    large(made, 2);
    waited(made, 6);
    made.cycle();
    const holder = (): string | undefined => made.snapshot.reservation.job?.record.name;
    for (const [minute, name] of [
      [31, 'large'],
      [33, undefined],
    ] as const) {
      made.nowMs = NOW + minute * MINUTE_MS;
      made.cycle();
      expect(holder()).to.equal(name);
    }
  });

  it('lets those start first that have waited for longer than it has', () => {
    const made = world();
    large(made, 2);
    small(made, 2, 0);
    expect(made.cycle().refused['small']).to.match(/^RoomPlanned/);
    made.snapshot.removeJob('ns/large');
    large(made, 2);
    made.nowMs += 6 * MINUTE_MS;
    expect(made.cycle().placed).to.have.keys('small-0');
  });
});

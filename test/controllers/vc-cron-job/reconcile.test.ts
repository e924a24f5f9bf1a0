import { expect } from 'chai';
import fc from 'fast-check';
import { readSchedule } from '../../../src/lib/cron/schedule.ts';
import { nextTime } from '../../../src/lib/cron/times.ts';
import { UTC } from '../../../src/lib/cron/zone.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import { CronWorld, told } from './cron-world.ts';

const CREATED = '2030-01-01T00:00:30Z';

/** The job for a time. */
function job(time: string): string {
  return `nightly-${Date.parse(time) / 60_000}`;
}

const [FIRST, SECOND, THIRD] = [job('2030-01-01T01:00Z'), job('2030-01-01T02:00Z'), job('2030-01-01T03:00Z')];

function hourly(spec: JsonObject = {}): CronWorld {
  return new CronWorld({ schedule: '@hourly', ...spec }, CREATED);
}

/** Its first job runs. */
function running(spec: JsonObject = {}): CronWorld {
  const world = hourly(spec);
  world.settle('2030-01-01T01:00:00Z');
  world.take(FIRST, 'Running');
  world.settle();
  return world;
}

describe('a CronJob of Volcano', () => {
  it('sleeps until its first time, and then makes a job that is named by the minute', () => {
    const world = hourly();
    expect(world.decide().map(told)).to.deep.equal(['again in 600 s']);
    world.nowMs = Date.parse('2030-01-01T00:59:30Z');
    expect(world.decide().map(told)).to.deep.equal(['again in 30 s']);
    expect(world.settle('2030-01-01T01:00:00Z')).to.deep.equal([
      `create ${FIRST}`,
      `Normal SuccessfulCreate: Created job ${FIRST}`,
      'patchStatus nightly',
    ]);
    expect(world.status).to.deep.equal({
      active: [{ apiVersion: 'batch.volcano.sh/v1alpha1', kind: 'Job', namespace: 'ns', name: FIRST, uid: FIRST }],
      lastScheduleTime: '2030-01-01T01:00:00Z',
    });
  });

  it('gives its jobs what the template says, its name as their controller, and the time that they are for', () => {
    const world = hourly({ timeZone: 'Asia/Kolkata', schedule: '0 7 * * *' });
    world.settle('2030-01-01T01:30:00Z');
    expect([...world.jobs.values()]).to.deep.equal([
      {
        apiVersion: 'batch.volcano.sh/v1alpha1',
        kind: 'Job',
        metadata: {
          name: job('2030-01-01T01:30Z'),
          namespace: 'ns',
          labels: { a: 'b' },
          annotations: { 'volcano.sh/cronjob-scheduled-timestamp': '2030-01-01T07:00:00+05:30' },
          ownerReferences: [
            {
              apiVersion: 'batch.volcano.sh/v1alpha1',
              kind: 'CronJob',
              name: 'nightly',
              uid: 'cron',
              controller: true,
            },
          ],
          uid: job('2030-01-01T01:30Z'),
          creationTimestamp: '2030-01-01T01:30:00.000Z',
        },
        spec: { queue: 'blue' },
      },
    ]);
  });

  const concurrency: Readonly<
    Record<string, readonly [policy: string, wants: readonly string[], active: readonly string[]]>
  > = {
    'makes another job while one runs': [
      'Allow',
      [`create ${SECOND}`, `Normal SuccessfulCreate: Created job ${SECOND}`, 'patchStatus nightly'],
      [FIRST, SECOND],
    ],
    'makes none while one runs, where that is forbidden': [
      'Forbid',
      [
        'Normal JobAlreadyActive: Not starting job because prior execution is running and concurrency policy is Forbid; due at 2030-01-01T02:00:00Z',
      ],
      [FIRST],
    ],
    'replaces the one that runs': [
      'Replace',
      [
        `delete ${FIRST}`,
        `Normal SuccessfulDelete: Deleted job ${FIRST}`,
        `create ${SECOND}`,
        `Normal SuccessfulCreate: Created job ${SECOND}`,
        'patchStatus nightly',
      ],
      [SECOND],
    ],
  };
  for (const [name, [concurrencyPolicy, wants, active]] of Object.entries(concurrency)) {
    it(name, () => {
      const world = running({ concurrencyPolicy });
      expect(world.settle('2030-01-01T02:00:00Z')).to.deep.equal(wants);
      expect(world.active).to.deep.equal(active);
    });
  }

  it('makes up for what was forbidden once the job before has ended', () => {
    const world = running({ concurrencyPolicy: 'Forbid' });
    world.settle('2030-01-01T02:00:00Z');
    world.nowMs += 60_000;
    world.take(FIRST, 'Completed');
    expect(world.settle()).to.deep.equal([
      'patchStatus nightly',
      `Normal SawCompletedJob: Saw completed job: ${FIRST}, status: Completed`,
      `create ${SECOND}`,
      `Normal SuccessfulCreate: Created job ${SECOND}`,
      'patchStatus nightly',
    ]);
    expect(world.status['lastSuccessfulTime']).to.equal('2030-01-01T02:01:00Z');
  });

  it('makes no job while it is suspended, and goes on minding those that run', () => {
    const world = hourly({ suspend: true });
    expect(world.settle('2030-01-01T05:00:00Z')).to.deep.equal([]);
    expect(world.decide()).to.deep.equal([]);
  });

  it('makes up for the latest of the times that were missed, and for that alone', () => {
    const world = hourly();
    expect(world.settle('2030-01-01T03:59:00Z').slice(0, 1)).to.deep.equal([`create ${THIRD}`]);
    expect(world.settle('2030-01-01T03:59:59Z')).to.deep.equal([]);
  });

  it('makes up for nothing that is past its deadline', () => {
    const world = hourly({ startingDeadlineSeconds: 60 });
    expect(world.settle('2030-01-01T03:01:01Z')).to.deep.equal([]);
    expect(world.settle('2030-01-01T04:00:59Z').slice(0, 1)).to.deep.equal([`create ${job('2030-01-01T04:00Z')}`]);
  });

  it('warns when more than a hundred times were missed', () => {
    const world = hourly();
    const [first = '', second] = world.settle('2030-01-05T06:00:00Z');
    expect(first).to.include('Warning TooManyMissedTimes: too many missed start times. Set or decrease');
    expect(second).to.equal(`create ${job('2030-01-05T06:00Z')}`);
    expect(
      hourly()
        .settle('2030-01-05T04:00:00Z')
        .filter((text) => text.includes('TooMany')),
    ).to.deep.equal([]);
  });

  it('keeps the latest jobs of each end, as many as it says', () => {
    const world = hourly({ successfulJobsHistoryLimit: 1 });
    for (const [hour, phase] of ['Completed', 'Failed', 'Completed', 'Terminated'].entries()) {
      world.settle(`2030-01-01T0${hour + 1}:00:00Z`);
      world.take(job(`2030-01-01T0${hour + 1}:00Z`), phase);
    }
    expect(world.settle()).to.include(`delete ${SECOND}`).and.not.to.include(`delete ${FIRST}`);
    expect([...world.jobs.keys()]).to.deep.equal([THIRD, job('2030-01-01T04:00Z')]);
    expect(world.active).to.deep.equal([]);
  });

  it('tells that a job is gone which it did not delete', () => {
    const world = running();
    world.jobs.delete(FIRST);
    expect(world.settle()).to.deep.equal([
      'patchStatus nightly',
      `Normal MissingJob: Active job went missing: ${FIRST}`,
    ]);
  });

  it('leaves the name of somebody else alone, says so once, and goes on with the next time', () => {
    const world = hourly();
    world.jobs.set(FIRST, { metadata: { name: FIRST, namespace: 'ns', uid: 'x' } });
    const note = `Error creating job: ${FIRST} exists already, and is not of this CronJob`;
    expect(world.settle('2030-01-01T01:00:00Z')).to.deep.equal([`Warning FailedCreate: ${note}`]);
    expect(world.settle('2030-01-01T02:00:00Z').slice(0, 1)).to.deep.equal([`create ${SECOND}`]);
  });

  const broken: Readonly<Record<string, readonly [spec: JsonObject, want: string]>> = {
    'says once that its schedule cannot be read': [
      { schedule: '61 * * * *' },
      'Warning UnparseableSchedule: unparseable schedule: "61 * * * *": the minute is above 59: 61',
    ],
    'says once that nobody knows its time zone': [
      { timeZone: 'Europe/Atlantis' },
      'Warning UnknownTimeZone: invalid timeZone: "Europe/Atlantis"',
    ],
  };
  for (const [name, [spec, want]] of Object.entries(broken)) {
    it(name, () => {
      const world = hourly(spec);
      expect(world.settle('2030-01-01T05:00:00Z')).to.deep.equal([want]);
      expect(world.decide()).to.deep.equal([]);
    });
  }

  it('of @every is counted from its last job, or from when it was made', () => {
    const world = hourly({ schedule: '@every 90m' });
    expect(world.settle('2030-01-01T01:30:29Z')).to.deep.equal([]);
    expect(world.settle('2030-01-01T01:30:30Z').slice(0, 1)).to.deep.equal([`create ${job('2030-01-01T01:30Z')}`]);
    expect(world.decide().map(told)).to.deep.equal(['again in 600 s']);
    expect(world.settle('2030-01-01T03:00:30Z').slice(0, 1)).to.deep.equal([`create ${job('2030-01-01T03:00Z')}`]);
  });
});

describe('a CronJob of Volcano, whatever happens', () => {
  const step = fc.record({
    afterS: fc.integer({ min: 1, max: 4000 }),
    phase: fc.constantFrom('', 'Running', 'Completed', 'Failed'),
    effects: fc.integer({ min: 0, max: 6 }),
  });
  const spec = fc.record({
    schedule: fc.constantFrom('*/7 * * * *', '@hourly', '@every 50m', '5,6 * * * *'),
    concurrencyPolicy: fc.constantFrom('Allow', 'Forbid', 'Replace'),
    successfulJobsHistoryLimit: fc.integer({ min: 0, max: 2 }),
    failedJobsHistoryLimit: fc.integer({ min: 0, max: 2 }),
  });

  it('comes to rest, never makes a job twice, and each of its jobs is for a time of the schedule, though it is stopped anywhere', () => {
    fc.assert(
      fc.property(spec, fc.array(step, { maxLength: 25 }), (wanted, steps) => {
        const world = new CronWorld(wanted, CREATED);
        const made: string[] = [];
        for (const { afterS, phase, effects } of steps) {
          world.nowMs += afterS * 1000;
          const [running] = world.active.filter((name) => world.jobs.has(name));
          if (phase !== '' && running !== undefined) world.take(running, phase);
          // The process dies after some of the effects; who comes next knows what the API server holds.
          for (const effect of world.decide().slice(0, effects)) {
            if (effect.kind === 'create') made.push(effect.name);
            world.act(effect);
          }
          made.push(
            ...world
              .settle()
              .filter((text) => text.startsWith('create '))
              .map((text) => text.slice('create '.length)),
          );
          expect(world.settle()).to.deep.equal([]);
          const runs = [...world.jobs.keys()].filter((name) => world.active.includes(name));
          if (wanted.concurrencyPolicy !== 'Allow') expect(runs.length).to.be.at.most(1);
        }
        expect(new Set(made).size, made.join()).to.equal(made.length);
        const read = readSchedule(wanted.schedule);
        if (read.kind !== 'schedule' || read.schedule.kind !== 'clock') return;
        for (const name of made) {
          const atMs = Number(name.slice('nightly-'.length)) * 60_000;
          expect(nextTime(read.schedule, UTC, atMs - 1)).to.equal(atMs);
        }
      }),
      { numRuns: 150 },
    );
  });
});

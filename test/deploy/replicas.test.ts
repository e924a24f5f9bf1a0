import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { NODES, POD_GROUPS, PODS, QUEUES } from '../../src/api/resources.ts';
import { startControlPlane } from '../control-plane/launch.ts';
import type { ControlPlane } from '../control-plane/launch.ts';
import { settingOf } from '../e2e/support/gang-cluster.ts';
import { GangLoad } from '../e2e/support/gang-load.ts';
import { History } from '../e2e/support/history.ts';
import { applied, optedInNamespace } from '../e2e/support/manifest.ts';
import { judge } from '../e2e/support/oracle/judge.ts';
import { SeededRandom } from '../e2e/support/random.ts';
import type { PersistentClient } from './support/persistent-client.ts';
import { placeGang } from './support/probe-gang.ts';
import { Replicas } from './support/replicas.ts';
import { underReviews } from './support/review-load.ts';

const TEAM = 'team';
const WEBHOOKS = 3;
const SCHEDULERS = 2;
const SEED = settingOf('SLUICE_E2E_SEED', 5);
const LEASE_SECONDS = settingOf('SLUICE_E2E_LEASE_SECONDS', 3);
/** Kills and pauses: 20 for a full run. */
const BLOWS = settingOf('SLUICE_E2E_KILLS', 6);
const GANGS_PER_BLOW = 8;
/** About what one takes with the restart after it; the gangs come all the while. */
const BLOW_MS = 8000;
/** A plan is given up after a minute, and here none may be. */
const PATIENCE_MS = 50_000;

/** From a kill or the beginning of a pause until a gang that was created after it is bound. */
interface Failover {
  readonly ms: number;
  readonly isKill: boolean;
  readonly ofLeader: boolean;
}

describe('three webhooks behind one address, and two schedulers', function () {
  this.timeout(120_000 + BLOWS * 60_000);
  const random = new SeededRandom(SEED);
  const told: Record<string, unknown> = { webhooks: WEBHOOKS, schedulers: SCHEDULERS, leaseSeconds: LEASE_SECONDS };
  let plane: ControlPlane;
  let history: History;
  let replicas: Replicas;
  let probes = 0;

  before(async () => {
    plane = await startControlPlane();
    history = await History.start(plane, [PODS, NODES]);
    replicas = await Replicas.launch(plane, {
      webhooks: WEBHOOKS,
      schedulers: SCHEDULERS,
      leaseSeconds: LEASE_SECONDS,
    });
    await Promise.all([
      replicas.untilReady(),
      // More than the gangs ever hold together: nobody waits for room.
      plane.applyNodes([
        { count: 20, namePrefix: 'gpu', cpu: '16', memory: '64Gi', gpus: 8 },
        { count: 20, namePrefix: 'cpu', cpu: '16', memory: '48Gi' },
      ]),
    ]);
    await history.follow([POD_GROUPS, QUEUES]);
    await applied(plane, optedInNamespace(TEAM));
  });

  after(async () => {
    console.log(`      ${JSON.stringify(told)}`);
    await history?.stop();
    await replicas?.stop();
    await plane?.stop();
  });

  it('are replaced one after the other without a refused review', async () => {
    const begunMs = performance.now();
    const reviews = await underReviews(plane.client, TEAM, async (client) => {
      for (let at = 0; at < replicas.count; at += 1) {
        expect(await replicas.drain(at)).to.equal(0);
        await replicas.untilReady();
      }
      await placed(client);
    });
    told['update'] = { seconds: Math.round((performance.now() - begunMs) / 1000), reviews };
    expect(reviews.broken).to.equal(0);
  });

  it('hand over the lead and refuse no review when the one that leads is told to stop', async () => {
    const reviews = await underReviews(plane.client, TEAM, async (client) => {
      const at = await replicas.leader();
      const drained = replicas.drain(at);
      const beganMs = performance.now();
      const gangMs = await placed(client);
      expect(await drained).to.equal(0);
      told['drain'] = { gangMs, stoppedMs: Math.round(performance.now() - beganMs) };
      await replicas.untilReady();
    });
    told['drain'] = { ...(told['drain'] as object), reviews };
    expect(reviews.broken).to.equal(0);
  });

  it('go on when any of them is killed or frozen, leave no gang partly bound and lose no review', async () => {
    const failovers: Failover[] = [];
    const reviews = await underReviews(plane.client, TEAM, async (client) => {
      const shape = {
        seed: SEED,
        gangs: BLOWS * GANGS_PER_BLOW,
        overMs: BLOWS * BLOW_MS,
        queues: ['default'],
      } as const;
      const load = new GangLoad({ client }, history, TEAM, shape);
      const strikes = async (): Promise<void> => {
        while (failovers.length < BLOWS) failovers.push(await struck(client));
      };
      await Promise.all([load.run(), strikes()]);
      await load.finished(120_000);
    });
    const { violations, figures } = judge(history.events, PATIENCE_MS);
    for (const words of replicas.ownEnds) console.error(`a replica ended by itself; its last words:\n${words}`);
    told['blows'] = { ...summary(failovers), ownEnds: replicas.ownEnds.length, reviews, gangs: figures };
    expect(violations).to.deep.equal([]);
  });

  /** One blow at a time, at any moment, half of them for the one that leads. */
  async function struck(client: PersistentClient): Promise<Failover> {
    await sleep(random.between(0, 1500));
    const leader = await replicas.leader();
    const at = random.chance(0.5) ? leader : random.between(0, replicas.count - 1);
    const ofLeader = at === leader;
    const isKill = random.chance(0.5);
    const pauseMs = LEASE_SECONDS * 1000 + random.between(500, 3000);
    const over = isKill ? replicas.kill(at) : replicas.pause(at, pauseMs, ofLeader);
    const [ms] = await Promise.all([placed(client), over]);
    await replicas.untilReady();
    return { ms, isKill, ofLeader };
  }

  function placed(client: PersistentClient): Promise<number> {
    return placeGang(client, history, TEAM, `probe-${(probes += 1)}`);
  }
});

function summary(failovers: readonly Failover[]): object {
  const of = (choose: (one: Failover) => boolean): object => {
    const times = failovers.filter(choose).map(({ ms }) => ms);
    return { count: times.length, p50Ms: percentile(times, 0.5), p99Ms: percentile(times, 0.99) };
  };
  return {
    all: of(() => true),
    killsOfLeaders: of((one) => one.isKill && one.ofLeader),
    pausesOfLeaders: of((one) => !one.isKill && one.ofLeader),
    killsOfOthers: of((one) => one.isKill && !one.ofLeader),
    pausesOfOthers: of((one) => !one.isKill && !one.ofLeader),
  };
}

/** By the nearest rank; null without a value. */
function percentile(values: readonly number[], share: number): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.ceil(share * sorted.length) - 1] ?? null;
}

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { NODES, POD_GROUPS, PODS, QUEUES } from '../../src/api/resources.ts';
import { readBaselines } from '../../tools/compatibility/baselines.ts';
import { startControlPlane } from '../control-plane/launch.ts';
import type { ControlPlane } from '../control-plane/launch.ts';
import { settingOf } from '../e2e/support/gang-cluster.ts';
import { GangLoad } from '../e2e/support/gang-load.ts';
import { History } from '../e2e/support/history.ts';
import { applied, optedInNamespace } from '../e2e/support/manifest.ts';
import { judge } from '../e2e/support/oracle/judge.ts';
import { buildEarlier, revisionOf, whyNoEarlier } from './support/earlier-package.ts';
import { placeGang } from './support/probe-gang.ts';
import { Replicas } from './support/replicas.ts';
import { underReviews } from './support/review-load.ts';

const REPLICAS = 2;
const LEASE_SECONDS = 15;
const SEED = settingOf('SLUICE_E2E_SEED', 5);
const GANGS = settingOf('SLUICE_E2E_GANGS', 12);
/** Plans are given up after a minute, and here none may be. */
const PATIENCE_MS = 50_000;
const [BEFORE = ''] = readBaselines()
  .map(({ name }) => name)
  .slice(-1);

describe(`from ${BEFORE} to this version and back, under load`, function () {
  this.timeout(400_000);
  const told: Record<string, unknown> = { replicas: REPLICAS, gangs: GANGS };
  let folder: string;
  let earlier: string;
  let plane: ControlPlane;
  let history: History;
  let replicas: Replicas;
  let probes = 0;

  before(async function () {
    const revision = revisionOf(BEFORE);
    const why = await whyNoEarlier(revision);
    if (why !== undefined) {
      console.log(`      not tried here: ${why}`);
      this.skip();
    }
    folder = await mkdtemp(join(tmpdir(), 'sluice-earlier-'));
    earlier = await buildEarlier(revision, folder);
    plane = await startControlPlane();
    history = await History.start(plane, [PODS, NODES]);
    replicas = await Replicas.launch(plane, { count: REPLICAS, leaseSeconds: LEASE_SECONDS, program: earlier });
    await Promise.all([
      replicas.untilReady(),
      // More than the gangs ever hold together: nobody waits for room.
      plane.applyNodes([
        { count: 20, namePrefix: 'gpu', cpu: '16', memory: '64Gi', gpus: 8 },
        { count: 20, namePrefix: 'cpu', cpu: '16', memory: '48Gi' },
      ]),
    ]);
    await history.follow([POD_GROUPS, QUEUES]);
  });

  after(async () => {
    console.log(`      ${JSON.stringify(told)}`);
    await history?.stop();
    await replicas?.stop();
    await plane?.stop();
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  });

  it('goes on with every gang and loses no review while replicas of both are there', async () => {
    await replacedUnderLoad('upgrade', undefined);
  });

  it('goes back in the same way', async () => {
    await replacedUnderLoad('back', earlier);
  });

  it('left no gang partly bound, and broke no other rule', () => {
    const { violations, figures } = judge(history.events, PATIENCE_MS);
    told['judged'] = figures;
    expect(violations).to.deep.equal([]);
    expect(replicas.ownEnds).to.deep.equal([]);
  });

  /** One replica after the other; in between both versions serve, and gangs are placed by whichever leads. */
  async function replacedUnderLoad(what: string, program: string | undefined): Promise<void> {
    const team = `team-${what}`;
    await applied(plane, optedInNamespace(team));
    replicas.program = program;
    const reviews = await underReviews(plane.client, team, async (client) => {
      const shape = { seed: SEED, gangs: GANGS, overMs: GANGS * 500, queues: ['default'] } as const;
      const load = new GangLoad({ client }, history, team, shape);
      const replacements = async (): Promise<void> => {
        for (let at = 0; at < REPLICAS; at += 1) {
          expect(await replicas.drain(at)).to.equal(0);
          await replicas.untilReady();
          await placeGang(client, history, team, `probe-${(probes += 1)}`);
        }
      };
      await Promise.all([load.run(), replacements()]);
      await load.finished(120_000);
    });
    told[what] = reviews;
    expect(reviews.broken).to.equal(0);
  }
});

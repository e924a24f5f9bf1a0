import { expect } from 'chai';
import { NODES, POD_GROUPS, PODS, QUEUES } from '../../src/api/resources.ts';
import { freePort } from '../control-plane/free-port.ts';
import { startControlPlane } from '../control-plane/launch.ts';
import type { ControlPlane } from '../control-plane/launch.ts';
import { EngineKiller } from './support/engine-killer.ts';
import { GANG_CLUSTER, GANG_QUEUE_NAMES, GANG_QUEUES, settingOf } from './support/gang-cluster.ts';
import { GangLoad } from './support/gang-load.ts';
import { History } from './support/history.ts';
import { LaggingProxy } from './support/lagging-proxy.ts';
import { applied, optedInNamespace } from './support/manifest.ts';
import { judge } from './support/oracle/judge.ts';
import { SeededRandom } from './support/random.ts';
import { SluiceProcess } from './support/sluice-process.ts';

/**
 * A gang that a kill leaves half bound waits for the lease (3 s) and the restart (about 2 s), and several kills may fall
 * upon it in a row: 12 s were seen. Below the minute after which Sluice gives a plan up: here none may be given up.
 */
const PATIENCE_MS = 50_000;

/** How the engine is run while it is killed. */
interface Circumstances {
  readonly name: string;
  readonly gangs: number;
  readonly kills: number;
  /** Watches lag behind by up to so many milliseconds. */
  readonly watchLagMs: number;
  /** Writes take up to so much longer: plans are open for a while, and kills fall on them. */
  readonly writeLagMs: number;
  /** A second engine waits to take over. */
  readonly hasStandby: boolean;
}

const CIRCUMSTANCES: readonly Circumstances[] = [
  { name: 'is killed again and again', gangs: 80, kills: 12, watchLagMs: 0, writeLagMs: 60, hasStandby: false },
  {
    name: 'hands over again and again, by force, with watches that lag behind',
    gangs: 40,
    kills: 5,
    watchLagMs: 3000,
    writeLagMs: 0,
    hasStandby: true,
  },
];

for (const { name, gangs: fewest, kills: fewestKills, watchLagMs, writeLagMs, hasStandby } of CIRCUMSTANCES)
  describe(`random gangs while the engine ${name}`, function () {
    this.timeout(400_000);
    let proxy: LaggingProxy;
    let plane: ControlPlane;
    let webhook: SluiceProcess;
    let history: History;
    let killer: EngineKiller;

    before(async () => {
      plane = await startControlPlane();
      const webhookPort = await freePort();
      history = await History.start(plane, [PODS, NODES]);
      const random = new SeededRandom(settingOf('SLUICE_E2E_SEED', 2));
      const upTo = (mostMs: number) => () => (mostMs === 0 ? 0 : random.between(0, mostMs));
      proxy = await LaggingProxy.start(plane, { watchMs: upTo(watchLagMs), writeMs: upTo(writeLagMs) });
      const own = { kubeconfig: proxy.kubeconfigPath };
      killer = new EngineKiller({ ...own, roles: 'scheduler,controllers', leaseSeconds: 3 }, history, random);
      // Each waits for the other: the engine for the kinds, the webhooks for the default queue.
      webhook = SluiceProcess.launch({ ...own, roles: 'webhook', install: true, webhookPort });
      await Promise.all([webhook.ready(), killer.start(hasStandby), plane.applyNodes(GANG_CLUSTER)]);
      await history.follow([POD_GROUPS, QUEUES]);
      await applied(plane, optedInNamespace('crash'), ...GANG_QUEUES);
    });

    after(async () => {
      await history?.stop();
      await killer?.stop();
      await webhook?.stop();
      await proxy?.stop();
      await plane?.stop();
    });

    it('are never left partly bound, and no node or queue ever holds more than it has', async () => {
      // SLUICE_E2E_GANGS=200 and SLUICE_E2E_KILLS=30 for a full run.
      const gangs = settingOf('SLUICE_E2E_GANGS', fewest);
      const kills = settingOf('SLUICE_E2E_KILLS', fewestKills);
      const shape = {
        seed: settingOf('SLUICE_E2E_SEED', 2),
        gangs,
        overMs: kills * 1500,
        queues: GANG_QUEUE_NAMES,
      } as const;
      const load = new GangLoad(plane, history, 'crash', shape);
      await Promise.all([load.run(), killer.run(kills)]);
      await load.finished(settingOf('SLUICE_E2E_GIVE_UP_SECONDS', 120) * 1000);
      const { violations, figures } = judge(history.events, PATIENCE_MS);
      console.log(`      ${JSON.stringify({ ...figures, ...killer.figures })}`);
      expect(violations, killer.log()).to.deep.equal([]);
      expect(killer.figures.kills).to.equal(kills);
      expect(killer.figures.ofLeaders).to.be.greaterThan(kills / 2);
      if (!hasStandby) expect(killer.figures.withOpenPlan).to.be.greaterThan(0);
      if (watchLagMs > 0) expect(proxy.delayedBytes).to.be.greaterThan(0);
    });
  });

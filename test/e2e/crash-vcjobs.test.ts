import { expect } from 'chai';
import { JOB_NAME_KEY } from '../../src/api/keys.ts';
import { apiVersion, POD_GROUPS, PODS, resourcePath, VCJOBS } from '../../src/api/resources.ts';
import { stringAt } from '../../src/lib/json.ts';
import { freePort } from '../control-plane/free-port.ts';
import { startControlPlane } from '../control-plane/launch.ts';
import type { ControlPlane } from '../control-plane/launch.ts';
import { EngineKiller } from './support/engine-killer.ts';
import { settingOf } from './support/gang-cluster.ts';
import { History } from './support/history.ts';
import { applied } from './support/manifest.ts';
import { SeededRandom } from './support/random.ts';
import { SluiceProcess } from './support/sluice-process.ts';

const NS = 'lives';
/** Lives that are under way at once. */
const AT_ONCE = 60;
/** One life, with all kills that may fall upon it. */
const LIFE_MS = 300_000;
const LIVES = settingOf('SLUICE_E2E_LIVES', 0);

/** What becomes of a job with these scripts and policies, however often its controller is killed. */
const KINDS = [
  { script: 'sleep 1', policies: [], end: 'Completed' },
  { script: 'sleep 1; exit 1', policies: [{ event: 'PodFailed', action: 'RestartJob' }], end: 'Failed' },
  { script: 'sleep 1; exit 1', policies: [{ event: 'PodFailed', action: 'AbortJob' }], end: 'Aborted' },
  { script: 'sleep 1', policies: [{ event: 'TaskCompleted', action: 'CompleteJob' }], end: 'Completed' },
  { script: 'sleep 1', policies: [{ event: 'TaskCompleted', action: 'TerminateJob' }], end: 'Terminated' },
] as const;

// SLUICE_E2E_LIVES=1000 for a full run; it takes minutes, so that it runs when somebody asks for it.
(LIVES === 0 ? describe.skip : describe)(
  'lives of Jobs of Volcano while their controller is killed again and again',
  function () {
    this.timeout(LIFE_MS + LIVES * 5000);
    let plane: ControlPlane;
    let webhook: SluiceProcess;
    let history: History;
    let killer: EngineKiller;

    before(async () => {
      plane = await startControlPlane();
      const own = { kubeconfig: plane.kubeconfigPath };
      const random = new SeededRandom(settingOf('SLUICE_E2E_SEED', 2));
      history = await History.start(plane, [PODS]);
      killer = new EngineKiller({ ...own, roles: 'scheduler,controllers', leaseSeconds: 3 }, history, random);
      webhook = SluiceProcess.launch({ ...own, roles: 'webhook', install: true, webhookPort: await freePort() });
      await Promise.all([webhook.ready(), killer.start(), plane.applyNodes([{ count: 8, cpu: '32', memory: '64Gi' }])]);
      await history.follow([POD_GROUPS, VCJOBS]);
      await applied(plane, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NS } });
      await plane.kubectl(['wait', '--for=create', '-n', NS, 'serviceaccount/default', '--timeout=30s']);
    });

    after(async () => {
      await history?.stop();
      await killer?.stop();
      await webhook?.stop();
      await plane?.stop();
    });

    it('all end as they should, and nothing of them runs on', async () => {
      const ends = new Map<string, () => void>();
      history.listen(({ kind, object }) => {
        if (kind !== VCJOBS.plural) return;
        const name = stringAt(object, ['metadata', 'name']);
        if (stringAt(object, ['status', 'state', 'phase']) === kindOf(name).end) ends.get(name)?.();
      });
      let next = 0;
      const lane = async (): Promise<void> => {
        while (next < LIVES) {
          const name = `life-${next}`;
          next += 1;
          await live(name, ends);
        }
      };
      const lives = Promise.all(Array.from({ length: Math.min(AT_ONCE, LIVES) }, lane));
      await Promise.all([lives, killer.run(settingOf('SLUICE_E2E_KILLS', Math.ceil(LIVES / 25)))]);
      console.log(`      ${JSON.stringify({ lives: LIVES, ...killer.figures })}`);
      await history.until('nothing runs on', () => {
        const alive = history.all(PODS).filter((pod) => {
          const isOfJob = stringAt(pod, ['metadata', 'labels', JOB_NAME_KEY]) !== '';
          return isOfJob && ['Pending', 'Running'].includes(stringAt(pod, ['status', 'phase']));
        });
        return (alive.length === 0 && history.all(POD_GROUPS).length === 0) || undefined;
      });
      const others = history.all(VCJOBS).flatMap((job) => {
        const [name, phase] = [stringAt(job, ['metadata', 'name']), stringAt(job, ['status', 'state', 'phase'])];
        return phase === kindOf(name).end ? [] : [`${name} is ${phase}`];
      });
      expect(others).to.deep.equal([]);
      expect(history.all(VCJOBS)).to.have.length(LIVES);
      expect(killer.figures.ofLeaders).to.be.greaterThan(0);
    });

    function kindOf(name: string): (typeof KINDS)[number] {
      return KINDS[Number(name.slice('life-'.length)) % KINDS.length] ?? KINDS[0];
    }

    async function live(name: string, ends: Map<string, () => void>): Promise<void> {
      const { script, policies, end } = kindOf(name);
      const over = Promise.withResolvers<void>();
      const timer = setTimeout(() => {
        const job = history.get(VCJOBS, `${NS}/${name}`);
        over.reject(new Error(`${name} did not come to ${end}: ${JSON.stringify(job?.['status'])}\n${killer.log()}`));
      }, LIFE_MS);
      ends.set(name, over.resolve);
      const spec = { minAvailable: 3, maxRetry: 1, policies, tasks: [task('a', 2, script), task('b', 1, 'sleep 2')] };
      const body = { apiVersion: apiVersion(VCJOBS), kind: VCJOBS.kind, metadata: { name, namespace: NS }, spec };
      const { status, body: answer } = await plane.client.request('POST', resourcePath(VCJOBS, NS), body);
      expect(status, JSON.stringify(answer)).to.equal(201);
      await over.promise.finally(() => clearTimeout(timer));
      ends.delete(name);
    }
  },
);

function task(name: string, replicas: number, script: string): object {
  const command = ['sh', '-c', script];
  const containers = [{ name: 'c', image: 'busybox', command, resources: { requests: { cpu: '100m' } } }];
  return { name, replicas, template: { spec: { restartPolicy: 'Never', containers } } };
}

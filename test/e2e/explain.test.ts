import { expect } from 'chai';
import { QUEUE_NAME_LABEL } from '../../src/api/keys.ts';
import { POD_GROUPS } from '../../src/api/resources.ts';
import { stringAt } from '../../src/lib/json.ts';
import type { Explanation } from '../../src/scheduler/explanation/explanation.ts';
import type { ControlPlane } from '../control-plane/launch.ts';
import type { History } from './support/history.ts';
import { applied, inNamespace, job, optedInNamespace, queue } from './support/manifest.ts';
import { runSluice } from './support/sluice-process.ts';
import { NamespaceView } from './support/namespace-view.ts';
import { Stage } from './support/stage.ts';
import type { CommandEnd, SluiceProcess } from './support/sluice-process.ts';

describe('sluice explain on a real API server', function () {
  this.timeout(120_000);
  let stage: Stage;
  let plane: ControlPlane;
  let sluice: SluiceProcess;
  let history: History;

  before(async () => {
    stage = await Stage.start({ nodes: [{ count: 4, cpu: '8', memory: '64Gi', gpus: 2 }], kinds: [POD_GROUPS] });
    ({ plane, sluice, history } = stage);
    await applied(
      plane,
      queue('small', { capability: { 'nvidia.com/gpu': '2' } }),
      optedInNamespace('a'),
      optedInNamespace('b'),
    );
    await applied(plane, gang('a', 'holder', 6));
    await reaches('a', 'holder', 'Running');
  });

  after(async () => {
    await stage?.stop();
  });

  it('tells a gang that must wait who holds the room, and when its turn comes; then that it runs', async () => {
    await applied(plane, gang('a', 'first', 5));
    await reaches('a', 'first', 'Pending');
    await applied(plane, gang('a', 'second', 4));
    await reaches('a', 'second', 'Pending');
    const told = await explained('a', 'second');
    expect(told.state).to.equal('waits');
    expect(told.reasons[0]).to.deep.include({ code: 'WaitingInQueue', verdict: 'wait' });
    expect(told.reasons[0]?.numbers).to.deep.equal({
      resource: 'nvidia.com/gpu',
      asked: '4',
      held: '6',
      limit: '8',
      queue: 'default',
    });
    expect(told.room?.groups.map(({ group, held }) => [group, held])).to.deep.equal([[keyOf('a', 'holder'), '6']]);
    expect(told.line).to.deep.include({ for: 'admission', position: 2, of: 2, before: [keyOf('a', 'first')] });
    const { stdout } = await ran('-n', 'a', 'job/second');
    expect(stdout).to.contain('WaitingInQueue (has to wait)');
    expect(stdout).to.contain(`${keyOf('a', 'holder')}: 6 by 6 pods`);
    expect(stdout).to.contain(`In line for admission: 2 of 2 in its queue, after ${keyOf('a', 'first')}`);
    await deleted('a', 'first', 'holder');
    await reaches('a', 'second', 'Running');
    expect((await ran('-n', 'a', 'job/second')).stdout).to.contain('runs, or is on its way to its nodes');
    await deleted('a', 'second');
  });

  it('tells a gang that never fits so', async () => {
    await applied(plane, gang('a', 'huge', 9));
    await reaches('a', 'huge', 'Pending');
    const { reasons, room } = await explained('a', 'huge');
    expect(reasons[0]).to.deep.include({ code: 'NeverFits', verdict: 'never' });
    expect(room).to.equal(undefined);
    expect((await ran('-n', 'a', 'job/huge')).stdout).to.contain('NeverFits (will not pass by itself)');
    await deleted('a', 'huge');
  });

  it('tells what a quota holds back, and names groups of other namespaces only to those who may list them', async () => {
    await applied(plane, gang('b', 'has', 2, 'small'));
    await reaches('b', 'has', 'Running');
    await applied(plane, gang('a', 'wants', 1, 'small'));
    await reaches('a', 'wants', 'Pending');
    const { queues, room, reasons } = await explained('a', 'wants');
    expect(reasons[0]?.numbers).to.deep.include({ queue: 'small', held: '2', limit: '2' });
    expect(queues[0]?.resources.find(({ resource }) => resource === 'nvidia.com/gpu')).to.deep.include({
      held: '2',
      capability: '2',
    });
    expect([room?.scope, room?.groups, room?.others]).to.deep.equal(['queue', [], 1]);
    const wide = await explained('a', 'wants', '-A');
    expect(wide.room?.groups.map(({ group }) => group)).to.deep.equal([keyOf('b', 'has')]);
    await deleted('a', 'wants');
  });

  it('ends with 1 where there is nothing to explain, and with 2 for a question that is none', async () => {
    const none = await ran('-n', 'a', 'nobody');
    expect([none.code, none.stderr]).to.deep.equal([1, 'sluice explain: there is no PodGroup a/nobody\n']);
    const other = await ran('-n', 'a', 'job/nothing');
    expect([other.code, other.stderr]).to.deep.equal([
      1,
      'sluice explain: no PodGroup was made for job/nothing; if it exists, its events say what was refused\n',
    ]);
    expect((await ran('-n', 'a', 'job/')).code).to.equal(2);
  });

  it('tells nothing to those who do not know the UID of the group', async () => {
    const base = `http://127.0.0.1:${sluice.operationsPort}/explain?namespace=b&name=${keyOf('b', 'has').slice(2)}`;
    expect((await fetch(`${base}&uid=00000000-0000-0000-0000-000000000000`)).status).to.equal(404);
    expect((await fetch(base)).status).to.equal(400);
  });

  function ran(...args: readonly string[]): Promise<CommandEnd> {
    return sluice.during(runSluice(['explain', '--kubeconfig', plane.kubeconfigPath, ...args]));
  }

  async function explained(namespace: string, name: string, ...args: readonly string[]): Promise<Explanation> {
    const { code, stdout, stderr } = await ran('-n', namespace, `job/${name}`, '-o', 'json', ...args);
    expect(code, stderr).to.equal(0);
    return JSON.parse(stdout) as Explanation;
  }

  function groupOf(namespace: string, name: string): object | undefined {
    return new NamespaceView(history, namespace).madeFor(name);
  }

  function keyOf(namespace: string, name: string): string {
    return `${namespace}/${stringAt(groupOf(namespace, name), ['metadata', 'name'])}`;
  }

  function reaches(namespace: string, name: string, phase: string): Promise<true> {
    const isThere = (): true | undefined =>
      stringAt(groupOf(namespace, name), ['status', 'phase']) === phase ? true : undefined;
    return sluice.during(history.until(`the group of ${namespace}/${name} is ${phase}`, isThere));
  }

  async function deleted(namespace: string, ...names: readonly string[]): Promise<void> {
    const { code, stderr } = await plane.kubectl(['-n', namespace, 'delete', 'job', ...names]);
    expect(code, stderr).to.equal(0);
  }
});

/** A Job of so many pods with a card each that start together. */
function gang(namespace: string, name: string, size: number, of?: string): object {
  const marks = of === undefined ? {} : { labels: { [QUEUE_NAME_LABEL]: of } };
  return inNamespace(namespace, job(name, size, marks, { 'nvidia.com/gpu': '1' }));
}

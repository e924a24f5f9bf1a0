import { expect } from 'chai';
import {
  GROUP_MIN_MEMBER_ANNOTATION,
  GROUP_NAME_ANNOTATION,
  QUEUE_NAME_ANNOTATION,
  QUEUE_NAME_LABEL,
} from '../../src/api/keys.ts';
import {
  JOBS,
  MUTATING_WEBHOOKS,
  NAMESPACES,
  POD_GROUPS,
  PODS,
  QUEUES,
  resourcePath,
  VALIDATING_WEBHOOKS,
} from '../../src/api/resources.ts';
import { arrayAt, isJsonObject, numberAt, objectAt, stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { freePort } from '../control-plane/free-port.ts';
import { startControlPlane } from '../control-plane/launch.ts';
import type { ControlPlane } from '../control-plane/launch.ts';
import type { KubectlResult } from '../control-plane/kubectl.ts';
import { History } from './support/history.ts';
import { applied, comparable, inNamespace, job, optedInNamespace, pod, queue, stampOf } from './support/manifest.ts';
import { NamespaceView } from './support/namespace-view.ts';
import { SluiceProcess } from './support/sluice-process.ts';

const TEAM = 'team';
const PLAIN = 'plain';
/** Both kinds of configurations: who passes the first only is refused by the seal. */
const DOORS = [MUTATING_WEBHOOKS, VALIDATING_WEBHOOKS];

describe('interception', function () {
  this.timeout(60_000);
  let plane: ControlPlane;
  let sluice: SluiceProcess;
  let history: History;
  /** The Job as a cluster without Sluice stores it. */
  let storedWithout: JsonObject;
  let team: NamespaceView;

  before(async () => {
    plane = await startControlPlane();
    history = await History.start(plane, [PODS, JOBS, NAMESPACES]);
    team = new NamespaceView(history, TEAM);
    await applied(
      plane,
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'before' } },
      inNamespace('before', job('train', 3)),
    );
    storedWithout = await get(resourcePath(JOBS, 'before', 'train'));
    const kubeconfig = plane.kubeconfigPath;
    [sluice] = await Promise.all([
      SluiceProcess.start({ kubeconfig, install: true, webhookPort: await freePort() }),
      plane.applyNodes([{ count: 4, cpu: '16', memory: '64Gi', gpus: 8 }]),
    ]);
    await history.follow([POD_GROUPS, QUEUES]);
    await applied(
      plane,
      optedInNamespace(TEAM),
      optedInNamespace('silver-team', { [QUEUE_NAME_ANNOTATION]: 'silver' }),
    );
    await applied(
      plane,
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: PLAIN } },
      queue('gold'),
      queue('silver'),
    );
  });

  after(async () => {
    await history?.stop();
    await sluice?.stop();
    await plane?.stop();
  });

  describe('of a plain Job', () => {
    before(() => applied(plane, inNamespace(TEAM, job('train', 3)), inNamespace(PLAIN, job('train', 3))));

    it('makes its PodGroup before its first pod is bound', async () => {
      const group = await team.groupOf('train');
      const bound = await team.bindingsOf('train', 3);
      const made = history.of(POD_GROUPS, group.key)[0];
      expect(made?.type).to.equal('ADDED');
      expect(numberAt(group.object, ['spec', 'minMember'], 0)).to.equal(3);
      for (const event of bound) expect(event.revision).to.be.greaterThan(made?.revision ?? Infinity);
    });

    it('lets its pods be born with group, queue and scheduler name', async () => {
      const group = await team.groupOf('train');
      const born = history.events.filter(
        (event) => event.type === 'ADDED' && event.key.startsWith(`${TEAM}/train-`) && event.kind === 'pods',
      );
      expect(born.map((event) => stampOf(event.object))).to.deep.equal(
        Array.from({ length: 3 }, () => ({
          scheduler: 'sluice',
          group: group.name,
          queue: 'default',
          queueLabel: 'default',
          task: 'worker',
        })),
      );
    });

    it('leaves the same Job elsewhere as a cluster without Sluice stores it, byte for byte', async () => {
      const elsewhere = await get(resourcePath(JOBS, PLAIN, 'train'));
      expect(comparable(elsewhere)).to.equal(comparable(storedWithout));
      const [born] = await new NamespaceView(history, PLAIN).podsOf('train', 1);
      expect(stringAt(born, ['spec', 'schedulerName'])).to.equal('default-scheduler');
      expect(JSON.stringify(born)).to.not.match(/sluice|volcano/);
    });

    it('takes the same manifest again', async () => {
      const again = await kubectl(['apply', '-f', '-'], JSON.stringify(inNamespace(TEAM, job('train', 3))));
      expect(again.stdout, again.stderr).to.equal('job.batch/train unchanged\n');
    });
  });

  it('keeps its stamp when a Job is replaced by the manifest that it came from', async () => {
    // Only a Job that brings its own selector can be replaced at all.
    const { template, ...spec } = job('whole', 2).spec;
    const labels = { app: 'whole' };
    const own = {
      ...spec,
      manualSelector: true,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, ...template },
    };
    const manifest = JSON.stringify(inNamespace(TEAM, { ...job('whole', 2), spec: own }));
    for (const [verb, said] of [
      ['create', 'created'],
      ['replace', 'replaced'],
    ] as const) {
      const { stdout, stderr } = await kubectl([verb, '-f', '-'], manifest);
      expect(stdout, stderr).to.equal(`job.batch/whole ${said}\n`);
    }
    const stored = await get(resourcePath(JOBS, TEAM, 'whole'));
    expect(stringAt(stored, ['spec', 'template', 'spec', 'schedulerName'])).to.equal('sluice');
    expect(stringAt(stored, ['spec', 'template', 'metadata', 'annotations', GROUP_NAME_ANNOTATION])).to.match(
      /^whole-/,
    );
  });

  it('of a dry run shows what it would write, and leaves no trace', async () => {
    const manifest = JSON.stringify(inNamespace(TEAM, job('rehearsal', 2)));
    const { code, stdout, stderr } = await kubectl(['apply', '--dry-run=server', '-o', 'json', '-f', '-'], manifest);
    expect(code, stderr).to.equal(0);
    const shown: unknown = JSON.parse(stdout);
    expect(stringAt(shown, ['spec', 'template', 'spec', 'schedulerName'])).to.equal('sluice');
    const group = stringAt(shown, ['spec', 'template', 'metadata', 'annotations', GROUP_NAME_ANNOTATION]);
    expect(group).to.match(/^rehearsal-/);
    // A later Job has come all the way through: the rehearsal would have, too.
    await applied(plane, inNamespace(TEAM, job('after-rehearsal', 1)));
    await team.bindingsOf('after-rehearsal', 1);
    const traces = history.events.filter(
      (event) => event.key.startsWith(`${TEAM}/rehearsal`) || event.key === `${TEAM}/${group}`,
    );
    expect(traces).to.deep.equal([]);
  });

  it('refuses a queue that does not exist, and lists those that do', async () => {
    const lost = inNamespace(TEAM, job('lost', 1, { labels: { [QUEUE_NAME_LABEL]: 'golf' } }));
    const { code, stderr } = await kubectl(['apply', '-f', '-'], JSON.stringify(lost));
    expect(code).to.equal(1);
    expect(stderr).to.match(/QueueNotFound/);
    expect(stderr).to.match(/metadata\.labels\[volcano\.sh\/queue-name\]: .*"golf".* these do: default, gold, silver/);
    expect(history.get(JOBS, `${TEAM}/lost`)).to.equal(undefined);
  });

  it('takes the queue from the label, else from the namespace', async () => {
    await applied(
      plane,
      inNamespace('silver-team', job('labelled', 1, { labels: { [QUEUE_NAME_LABEL]: 'gold' } })),
      inNamespace('silver-team', job('unnamed', 1)),
    );
    const silver = new NamespaceView(history, 'silver-team');
    const groups = await Promise.all([silver.groupOf('labelled'), silver.groupOf('unnamed')]);
    expect(groups.map(({ object }) => stringAt(object, ['spec', 'queue']))).to.deep.equal(['gold', 'silver']);
  });

  it('takes the queue of a CronJob for its Jobs', async () => {
    const { spec } = job('nightly', 1);
    const labels = { [QUEUE_NAME_LABEL]: 'gold' };
    const cronJob = {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: { name: 'nightly', labels },
      spec: { schedule: '0 1 1 1 *', jobTemplate: { spec } },
    };
    await applied(plane, inNamespace('silver-team', cronJob));
    await kubectl(['create', 'job', 'tonight', '--from=cronjob/nightly', '-n', 'silver-team']);
    const { object } = await new NamespaceView(history, 'silver-team').groupOf('tonight');
    expect(stringAt(object, ['spec', 'queue'])).to.equal('gold');
  });

  it('takes the lower bound of an elastic gang from the annotation', async () => {
    await applied(plane, inNamespace(TEAM, job('elastic', 6, { annotations: { [GROUP_MIN_MEMBER_ANNOTATION]: '2' } })));
    const { object } = await team.groupOf('elastic');
    expect(numberAt(object, ['spec', 'minMember'], 0)).to.equal(2);
    await team.bindingsOf('elastic', 6);
  });

  it('asks room for what a RuntimeClass adds to each pod', async () => {
    const overhead = { podFixed: { cpu: '150m' } };
    const { template, ...rest } = job('sandboxed', 2).spec;
    const spec = { ...rest, template: { spec: { ...template.spec, runtimeClassName: 'sandbox' } } };
    const runtimeClass = {
      apiVersion: 'node.k8s.io/v1',
      kind: 'RuntimeClass',
      metadata: { name: 'sandbox' },
      handler: 'x',
      overhead,
    };
    await applied(plane, runtimeClass);
    await applied(plane, inNamespace(TEAM, { ...job('sandboxed', 2), spec }));
    const { object } = await team.groupOf('sandboxed');
    expect(objectAt(object, 'spec', 'minResources')).to.deep.equal({ cpu: '500m' });
    await team.bindingsOf('sandboxed', 2);
  });

  it('follows a Job that is scaled up and down', async () => {
    const scaled = job('scaled', 2);
    await applied(plane, inNamespace(TEAM, { ...scaled, spec: { ...scaled.spec, completions: 8 } }));
    const { key } = await team.groupOf('scaled');
    for (const parallelism of [4, 3]) {
      const patched = await kubectl([
        'patch',
        'job',
        'scaled',
        '-n',
        TEAM,
        '-p',
        JSON.stringify({ spec: { parallelism } }),
      ]);
      expect(patched.code, patched.stderr).to.equal(0);
      const isThere = (): true | undefined =>
        minMemberOf(history.get(POD_GROUPS, key)) === parallelism ? true : undefined;
      await history.until(`minMember ${parallelism}`, isThere);
    }
  });

  it('lets a Job that is scaled up while it runs grow by all of its new pods, or by none', async () => {
    await applied(plane, queue('narrow', { capability: { cpu: '1' } }));
    const grows = job('grows', 2, { labels: { [QUEUE_NAME_LABEL]: 'narrow' } });
    await applied(plane, inNamespace(TEAM, { ...grows, spec: { ...grows.spec, completions: 100 } }));
    const { key } = await team.groupOf('grows');
    await team.bindingsOf('grows', 2);
    const bound = (): number =>
      history.all(PODS).filter((one) => {
        const isOfJob = stringAt(one, ['metadata', 'labels', 'job-name']) === 'grows';
        return isOfJob && stringAt(one, ['spec', 'nodeName']) !== '';
      }).length;
    const scale = async (parallelism: number): Promise<void> => {
      const patch = JSON.stringify({ spec: { parallelism } });
      const patched = await kubectl(['patch', 'job', 'grows', '-n', TEAM, '-p', patch]);
      expect(patched.code, patched.stderr).to.equal(0);
    };
    // The queue holds ten of them.
    await scale(30);
    await team.podsOf('grows', 30);
    await history.until('the word that it does not fit', () => {
      const [condition] = arrayAt(history.get(POD_GROUPS, key), 'status', 'conditions');
      return stringAt(condition, ['type']) === 'Unschedulable' ? true : undefined;
    });
    expect(bound()).to.equal(2);
    await scale(8);
    await history.until('eight pods on nodes', () => (bound() === 8 ? true : undefined));
  });

  it('gives a bare pod a group of its own', async () => {
    await applied(plane, inNamespace(TEAM, pod('bare')));
    await team.bindingOf('bare');
    const group = stringAt(history.get(PODS, `${TEAM}/bare`), ['metadata', 'annotations', GROUP_NAME_ANNOTATION]);
    const object = history.get(POD_GROUPS, `${TEAM}/${group}`);
    expect(minMemberOf(object)).to.equal(1);
    expect(stringAt(arrayAt(object, 'metadata', 'ownerReferences')[0], ['name'])).to.equal('bare');
  });

  it('lets pods wait for the group that they name, and binds them together', async () => {
    const named = { annotations: { [GROUP_NAME_ANNOTATION]: 'by-hand' } };
    await applied(plane, inNamespace(TEAM, pod('first', named)));
    await applied(
      plane,
      inNamespace(TEAM, {
        apiVersion: 'scheduling.volcano.sh/v1beta1',
        kind: 'PodGroup',
        metadata: { name: 'by-hand' },
        spec: { minMember: 2 },
      }),
    );
    await applied(plane, inNamespace(TEAM, pod('second', named)));
    const [bound] = await Promise.all([team.bindingOf('first'), team.bindingOf('second')]);
    expect(bound.revision).to.be.greaterThan(team.birthOf('second')?.revision ?? Infinity);
  });

  it('takes a PodGroup whose last annotation goes by a server-side apply: the map is null then', async () => {
    const group = { metadata: { name: 'moved-over' }, spec: { minMember: 1 } };
    const manifest = inNamespace(TEAM, { apiVersion: 'scheduling.volcano.sh/v1beta1', kind: 'PodGroup', ...group });
    await applied(plane, manifest);
    const { stdout } = await kubectl(['get', 'podgroup', 'moved-over', '-n', TEAM, '-o', 'json']);
    expect((await kubectl(['replace', '-f', '-'], stdout)).code).to.equal(0);
    const apply = ['apply', '--server-side', '--force-conflicts', '--field-manager', 'somebody-else', '-f', '-'];
    expect((await kubectl(apply, JSON.stringify(manifest))).stderr).to.equal('');
  });

  it('starts a Spark driver alone and its first executors together', async () => {
    const app = { 'spark-app-selector': 'spark-e2e' };
    const annotations = { 'sluice.dev/spark-min-executors': '2' };
    const executor = (name: string): object =>
      inNamespace(TEAM, pod(name, { labels: { ...app, 'spark-role': 'executor' } }));
    await applied(plane, inNamespace(TEAM, pod('driver', { labels: { ...app, 'spark-role': 'driver' }, annotations })));
    await team.bindingOf('driver');
    const opened = await history.until('the second stage', () =>
      history.of(POD_GROUPS, `${TEAM}/spark-e2e`).find((event) => minMemberOf(event.object) === 3),
    );
    expect(objectAt(opened.object, 'spec', 'minTaskMember')).to.deep.equal({ driver: 1, executor: 2 });
    await applied(plane, executor('executor-1'));
    await applied(plane, executor('executor-2'));
    const [bound] = await Promise.all([team.bindingOf('executor-1'), team.bindingOf('executor-2')]);
    expect(bound.revision).to.be.greaterThan(team.birthOf('executor-2')?.revision ?? Infinity);
    await applied(plane, executor('executor-3'));
    await team.bindingOf('executor-3');
  });

  describe('of pods that slipped past', () => {
    let served: string;
    let unserved: string;

    before(async () => {
      const configurations = await Promise.all(DOORS.map((type) => get(resourcePath(type, '', 'sluice'))));
      served = await slippedPast('served', 'sluice');
      unserved = await slippedPast('default-scheduled');
      const made = configurations.map((one) => ({ ...one, metadata: { name: 'sluice' } }));
      // Sluice makes them again, too, and may come between kubectl's look and its write.
      await applied(plane, ...made).catch(() => applied(plane, ...made));
    });

    it('adopts those that name our scheduler', async () => {
      await team.bindingOf(served);
      const adopted = history.get(PODS, `${TEAM}/${served}`);
      const group = `podgroup-${stringAt(adopted, ['metadata', 'uid'])}`;
      expect(stampOf(adopted ?? {})).to.include({ scheduler: 'sluice', group, queue: 'default' });
      expect(await eventsOf(served)).to.match(/Normal +AdoptedPod/);
    });

    it('reports the others by an event', async () => {
      const told = async (): Promise<boolean> => /Warning +UnmanagedPod/.test(await eventsOf(unserved));
      expect(await eventually(told)).to.equal(true);
    });
  });

  describe('of a gang that has to wait', () => {
    before(() => applied(plane, inNamespace(TEAM, job('crowd', 5, {}, { 'nvidia.com/gpu': '8' }))));

    it('says why in kubectl describe of its pods', async () => {
      const [waiting] = await team.podsOf('crowd', 5);
      const name = stringAt(waiting, ['metadata', 'name']);
      const isTold = async (): Promise<boolean> => {
        const { stdout } = await kubectl(['describe', 'pod', name, '-n', TEAM]);
        return (
          /Warning +FailedScheduling .* sluice .*nvidia\.com\/gpu/.test(stdout) && /PodScheduled +False/.test(stdout)
        );
      };
      expect(await eventually(isTold)).to.equal(true);
    });

    it('shows in kubectl get podgroups and queues', async () => {
      const { key } = await team.groupOf('crowd');
      await history.until('a phase', () => stringAt(history.get(POD_GROUPS, key), ['status', 'phase']) || undefined);
      const groups = await kubectl(['get', 'pg', '-n', TEAM]);
      expect(groups.stdout).to.match(/^NAME +STATUS +MINMEMBER +RUNNINGS +AGE +OWNER\n/);
      expect(groups.stdout).to.match(/\ncrowd-\w+ +(Pending|Inqueue) +5 +0? /);
      expect(groups.stdout).to.match(/\ntrain-\w+ +Running +3 +3 .* Job\/train\n/);
      const isCounted = async (): Promise<boolean> =>
        /\ndefault +Open +root +1 +\S+ +[1-9]?\d* +.*/.test((await kubectl(['get', 'q'])).stdout);
      expect(await eventually(isCounted)).to.equal(true);
    });
  });

  /**
   * The name of a pod that no webhook saw. The API server learns late that the configurations are gone, and Sluice soon makes
   * them again: a pod that was stamped after all, or refused by the seal, is followed by another one.
   */
  async function slippedPast(prefix: string, scheduler?: string): Promise<string> {
    for (let attempt = 1; attempt <= 50; attempt += 1) {
      const name = `${prefix}-${attempt}`;
      const doors = DOORS.map(({ plural }) => `${plural}/sluice`);
      expect((await kubectl(['delete', ...doors, '--ignore-not-found'])).code).to.equal(0);
      const { status, body } = await plane.client.request('POST', resourcePath(PODS, TEAM), pod(name, {}, scheduler));
      if (status === 403) continue;
      expect(status).to.equal(201);
      if (stringAt(body, ['metadata', 'annotations', GROUP_NAME_ANNOTATION]) === '') return name;
    }
    throw new Error('Every pod was stamped');
  }

  function kubectl(args: readonly string[], input?: string): Promise<KubectlResult> {
    return plane.kubectl(args, input);
  }

  async function get(path: string): Promise<JsonObject> {
    const { status, body } = await plane.client.request('GET', path);
    if (status !== 200 || !isJsonObject(body)) throw new Error(`${path}: ${status}`);
    return body;
  }

  async function eventsOf(name: string): Promise<string> {
    const { stdout } = await kubectl([
      'get',
      'events',
      '-n',
      TEAM,
      '--field-selector',
      `involvedObject.name=${name}`,
      '-o',
      'custom-columns=:type,:reason',
    ]);
    return stdout;
  }
});

/** For what only kubectl can show: looks again until it holds, for ten seconds at most. */
async function eventually(holds: () => Promise<boolean>): Promise<boolean> {
  for (const endMs = performance.now() + 10_000; performance.now() < endMs;) if (await holds()) return true;
  return false;
}

function minMemberOf(object: unknown): number {
  return numberAt(object, ['spec', 'minMember'], -1);
}

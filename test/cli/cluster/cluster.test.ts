import { expect } from 'chai';
import { ACCESS_REVIEWS, QUEUES } from '../../../src/api/resources.ts';
import { Cluster } from '../../../src/cli/cluster/cluster.ts';
import { preflight } from '../../../src/cli/serve/preflight.ts';
import type { ServeOptions } from '../../../src/cli/serve/serve-options.ts';
import { LEASE_TIMINGS } from '../../../src/engine/lead/lease.ts';
import type { ClusterWriter, WriteOutcome, WriteRequest } from '../../../src/engine/ports.ts';
import { memberAt, stringAt } from '../../../src/lib/json.ts';
import { settled } from '../../support/controller-ports.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { CONFLICT, REFUSED, ScriptedWriter, THROTTLED, UNKNOWN } from '../../support/scripted-writer.ts';

const SERVER = 'https://10.0.0.1:6443';

/** What a call ended with, its time on the manual clock included; the message when it threw. */
async function outcome(call: (cluster: Cluster) => Promise<unknown>, writer: ClusterWriter): Promise<[string, number]> {
  const clock = new ManualClock();
  let end: string | undefined;
  void call(new Cluster(SERVER, writer, clock)).then(
    () => (end = 'done'),
    (error: unknown) => (end = error instanceof Error ? error.message : String(error)),
  );
  await settled();
  while (end === undefined && clock.step()) await settled();
  return [end ?? 'never', clock.nowMs()];
}

const apply = (cluster: Cluster): Promise<void> => cluster.apply(QUEUES, 'root', { kind: 'Queue' });

describe('setting a cluster up', () => {
  const cases: readonly (readonly [string, readonly WriteOutcome[], string, string])[] = [
    ['creates what is not there', [], 'create', 'done'],
    ['patches what is there', [CONFLICT], 'create mergePatch', 'done'],
    ['waits for a server that is coming up', [UNKNOWN, THROTTLED, UNKNOWN], 'create create create create', 'done'],
    ['tells what the server refuses', [REFUSED], 'create', 'cannot install queues root: forbidden'],
    [
      'tells when the patch is refused',
      [CONFLICT, REFUSED],
      'create mergePatch',
      'cannot install queues root: forbidden',
    ],
  ];
  for (const [name, script, verbs, wanted] of cases) {
    it(name, async () => {
      const writer = new ScriptedWriter(...script);
      expect((await outcome(apply, writer))[0]).to.equal(wanted);
      expect(writer.requests.map(({ verb }) => verb).join(' ')).to.equal(verbs);
    });
  }

  it('gives a silent server up after ten seconds, and names it', async () => {
    const silent: ClusterWriter = { write: () => Promise.resolve(UNKNOWN) };
    const [end, tookMs] = await outcome(apply, silent);
    expect(end).to.equal(`the cluster at ${SERVER} does not answer: time-out`);
    expect(tookMs).to.be.within(10_000, 10_500);
  });

  it('looks once, and removes once', async () => {
    const writer = new ScriptedWriter(UNKNOWN, UNKNOWN);
    expect(await outcome((cluster) => cluster.look(QUEUES, 'root'), writer)).to.deep.equal(['done', 0]);
    expect(await outcome((cluster) => cluster.remove(QUEUES, 'root'), writer)).to.deep.equal(['done', 0]);
    expect(writer.requests.map(({ verb }) => verb)).to.deep.equal(['get', 'delete']);
  });

  it('reads until there is an answer', async () => {
    const writer = new ScriptedWriter(UNKNOWN);
    await outcome((cluster) => cluster.get(QUEUES, 'root'), writer);
    expect(writer.requests.length).to.equal(2);
  });

  it('takes an object that somebody else created for created', async () => {
    const cluster = new Cluster(SERVER, new ScriptedWriter(CONFLICT), new ManualClock());
    expect(await cluster.create(QUEUES, {}, 'make a queue')).to.equal(undefined);
  });
});

const OPTIONS: ServeOptions = {
  kubeconfig: '',
  context: undefined,
  roles: new Set(['scheduler']),
  install: false,
  keepsWebhooks: false,
  isReadOnly: false,
  webhookUrl: undefined,
  webhookPort: 0,
  operationsPort: 0,
  namespace: 'sluice-system',
  volcano: undefined,
  failurePolicy: 'Fail',
  rights: { queues: 'off', bypass: 'off' },
  neverFits: 'warn',
  policySource: { kind: 'default' },
  lease: LEASE_TIMINGS,
  drainMs: 0,
  certificateCheckMs: 60_000,
  lives: { authorityMs: 1, servingMs: 1 },
  certificateFolder: undefined,
  injectCaFrom: undefined,
  logLevel: 'info',
};

/** Grants what the test grants; everything asked is kept as `verb resource`. */
class Judge implements ClusterWriter {
  readonly asked: string[] = [];
  readonly #grants: (right: string) => boolean;

  constructor(grants: (right: string) => boolean) {
    this.#grants = grants;
  }

  write({ type, body }: WriteRequest): Promise<WriteOutcome> {
    const attributes = ['spec', 'resourceAttributes'];
    const right = `${stringAt(body, [...attributes, 'verb'])} ${stringAt(body, [...attributes, 'resource'])}`;
    this.asked.push(type === ACCESS_REVIEWS ? right : type.plural);
    return Promise.resolve({ kind: 'done', object: { status: { allowed: this.#grants(right) } } });
  }
}

async function check(writer: ClusterWriter, options: Partial<ServeOptions> = {}): Promise<string> {
  return (await outcome((cluster) => preflight(cluster, { ...OPTIONS, ...options }), writer))[0];
}

describe('preflight', () => {
  it('passes when every right is there, and asks for those of its roles only', async () => {
    const judge = new Judge(() => true);
    expect(await check(judge)).to.equal('done');
    expect(judge.asked).to.include('list pods').and.not.include('patch mutatingwebhookconfigurations');
    const webhook = new Judge(() => true);
    await check(webhook, { roles: new Set(['webhook']) });
    expect(webhook.asked.some((right) => right.endsWith(' secrets'))).to.equal(true);
    expect(new Set(judge.asked)).to.not.deep.equal(new Set(webhook.asked));
  });

  it('asks about the ConfigMap that it is to follow, where that is', async () => {
    const bodies: unknown[] = [];
    const writer: ClusterWriter = {
      write: ({ body }) => {
        bodies.push(memberAt(body, 'spec', 'resourceAttributes'));
        return Promise.resolve({ kind: 'done', object: { status: { allowed: true } } });
      },
    };
    await check(writer, { policySource: { kind: 'configMap', namespace: 'kube-system', name: 'conf' } });
    const asked = bodies.filter((each) => stringAt(each, ['name']) === 'conf');
    const wanted = { group: '', version: 'v1', resource: 'configmaps', subresource: '' };
    expect(asked).to.deep.equal(
      ['list', 'watch'].map((verb) => ({ ...wanted, verb, name: 'conf', namespace: 'kube-system' })),
    );
  });

  it('names the right that is missing', async () => {
    const end = await check(new Judge((right) => right !== 'list nodes'));
    expect(end).to.equal(`the user of the kubeconfig lacks rights on ${SERVER}: list nodes`);
  });

  it('names five rights and counts the others', async () => {
    const judge = new Judge(() => false);
    const end = await check(judge);
    expect(end)
      .to.match(/^the user of the kubeconfig lacks rights on /)
      .and.match(/ and \d+ more$/);
    expect(end.split(', ').length).to.equal(5);
    expect(end).to.contain(` and ${judge.asked.length - 5} more`);
  });

  it('asks a server that does not answer one question only', async () => {
    const asked = new Set<string>();
    const silent: ClusterWriter = {
      write: ({ body }) => {
        asked.add(JSON.stringify(body));
        return Promise.resolve(UNKNOWN);
      },
    };
    expect(await check(silent)).to.equal(`the cluster at ${SERVER} does not answer: time-out`);
    expect(asked.size).to.equal(1);
  });
});

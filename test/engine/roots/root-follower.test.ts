import { expect } from 'chai';
import type { RootRecord } from '../../../src/api/records/root-record.ts';
import type { ResourceType } from '../../../src/api/resources.ts';
import type { ChangeHandler, LogFields, Reflector } from '../../../src/engine/ports.ts';
import { RootFollower } from '../../../src/engine/roots/root-follower.ts';
import { RootIndex } from '../../../src/engine/roots/root-index.ts';
import { settled } from '../../support/controller-ports.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { RecordingMetrics } from '../../support/recording-metrics.ts';
import { kindOf, makeRoot } from '../../support/workload-kinds.ts';

const TORCH = kindOf('kubeflow.org', 'v1', 'PyTorchJob');
const RAY = kindOf('ray.io', 'v1', 'RayCluster');

/** A reflector that the test plays. */
class PlayedReflector implements Reflector {
  readonly handler: ChangeHandler<RootRecord>;
  readonly type: ResourceType;
  isStarted = false;
  starts = 0;
  trouble: string | undefined = 'is not listed yet';
  /** Never catches up by itself. */
  caughtUp = Promise.withResolvers<void>();

  constructor(type: ResourceType, handler: ChangeHandler<RootRecord>) {
    this.type = type;
    this.handler = handler;
  }

  get synced(): boolean {
    return this.trouble === undefined;
  }

  start(): void {
    this.isStarted = true;
    this.starts += 1;
  }

  stop(): Promise<void> {
    this.isStarted = false;
    return Promise.resolve();
  }

  problem(): string | undefined {
    return this.trouble;
  }

  catchUp(): Promise<void> {
    return this.caughtUp.promise;
  }

  list(...names: readonly string[]): void {
    this.trouble = undefined;
    this.handler([{ kind: 'replace', records: names.map((name) => makeRoot(this.type, name)) }]);
  }
}

describe('the follower of workload kinds', () => {
  let clock: ManualClock;
  let metrics: RecordingMetrics;
  let index: RootIndex;
  let opened: PlayedReflector[];
  let complaints: string[];
  let follower: RootFollower;

  beforeEach(() => {
    clock = new ManualClock();
    metrics = new RecordingMetrics();
    index = new RootIndex();
    opened = [];
    complaints = [];
    const warn = (message: string, fields: LogFields = {}): void =>
      void complaints.push(`${String(fields['kind'])}: ${message} (${String(fields['problem'])})`);
    follower = new RootFollower({
      open: (type, handler) => {
        const reflector = new PlayedReflector(type, handler);
        opened.push(reflector);
        return reflector;
      },
      take: (type, changes) => index.apply(type, changes),
      clock,
      metrics,
      log: { debug: () => undefined, info: () => undefined, warn, error: warn },
    });
  });

  function names(): readonly string[] {
    return [...index.values()].map(({ name }) => name).toSorted();
  }

  async function seconds(count: number): Promise<void> {
    for (let second = 0; second < count; second += 1) {
      clock.advance(1000);
      await settled();
    }
  }

  /** The reflectors of the two kinds, both followed. */
  function both(): readonly [PlayedReflector, PlayedReflector] {
    follower.follow([TORCH, RAY]);
    const [torch, ray] = opened;
    if (torch === undefined || ray === undefined) throw new Error('two kinds are followed');
    return [torch, ray];
  }

  it('starts one reflector a kind, and leaves it alone while the kind stays', () => {
    both();
    follower.follow([RAY, TORCH]);
    expect(opened.map(({ type }) => type.kind)).to.deep.equal(['PyTorchJob', 'RayCluster']);
    expect(opened.every(({ isStarted, starts }) => isStarted && starts === 1)).to.equal(true);
  });

  it('has listed all once each kind has handed over its list', () => {
    expect(follower.isListed).to.equal(true);
    const [torch, ray] = both();
    torch.list('a');
    expect(follower.isListed).to.equal(false);
    ray.list();
    expect(follower.isListed).to.equal(true);
  });

  it('stops a kind that is served no more, and forgets its objects', () => {
    const [torch, ray] = both();
    torch.list('a', 'b');
    ray.list('c');
    follower.follow([RAY]);
    expect(torch.isStarted).to.equal(false);
    expect(names()).to.deep.equal(['c']);
  });

  it('reads a kind that comes back from its beginning', () => {
    const [torch] = both();
    torch.list('a');
    follower.follow([RAY]);
    follower.follow([TORCH, RAY]);
    expect(opened).to.have.length(3);
    opened[2]?.list('b');
    expect(names()).to.deep.equal(['b']);
  });

  it('tells a kind that cannot be read once, and the others notice nothing', async () => {
    const [torch, ray] = both();
    torch.trouble = 'is refused: forbidden';
    ray.list('c');
    await seconds(60);
    expect(complaints).to.deep.equal([
      'pytorchjobs.kubeflow.org: a workload kind cannot be read: its objects are looked up one by one (the watch is refused: forbidden)',
    ]);
    expect(names()).to.deep.equal(['c']);
    expect(torch.isStarted).to.equal(true);
    expect(metrics.value('sluice_workload_kind_troubles_total', { resource: 'pytorchjobs.kubeflow.org' })).to.equal(1);
  });

  it('says nothing of trouble that passes at once', async () => {
    const [torch] = both();
    torch.list('a');
    torch.trouble = 'is refused: not found';
    await seconds(1);
    follower.follow([]);
    await seconds(10);
    expect(complaints).to.deep.equal([]);
  });

  it('forgets the objects of a kind that cannot be read any more, and lists it anew', async () => {
    const [torch] = both();
    torch.list('a', 'gone-meanwhile');
    torch.trouble = 'is broken off';
    await seconds(1);
    expect(names()).to.deep.equal([]);
    expect(torch.starts).to.equal(2);
    torch.list('a');
    expect(names()).to.deep.equal(['a']);
    await seconds(10);
    expect(torch.starts).to.equal(2);
  });

  it('waits until each kind that can be read has caught up', async () => {
    const [torch, ray] = both();
    torch.list('a');
    ray.trouble = 'is refused: forbidden';
    let isDone = false;
    void follower.catchUp().then(() => (isDone = true));
    await settled();
    expect(isDone).to.equal(false);
    torch.caughtUp.resolve();
    await settled();
    expect(isDone).to.equal(true);
  });

  it('waits no longer than three seconds for all of them', async () => {
    const [torch] = both();
    torch.list('a');
    let isDone = false;
    void follower.catchUp().then(() => (isDone = true));
    await seconds(3);
    expect(isDone).to.equal(true);
  });

  it('leaves no timer behind', async () => {
    both();
    await follower.stop();
    expect(opened.some(({ isStarted }) => isStarted)).to.equal(false);
    expect(clock.pending).to.equal(0);
  });
});

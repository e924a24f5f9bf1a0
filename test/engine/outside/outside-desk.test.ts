import { expect } from 'chai';
import { DEFAULT_POLICY, plugin } from '../../../src/config/policy.ts';
import type { PostAnswer } from '../../../src/engine/outside/post.ts';
import { objectAt, stringAt } from '../../../src/lib/json.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import { rawGroup, rawNode, rawPod, rawQueue } from '../../support/fake-objects.ts';
import { LoopWorld } from '../../support/loop-world.ts';

const OPTIONS = {
  'extender.urlPrefix': 'http://host',
  'extender.jobEnqueueableVerb': 'job',
  'extender.queueOverusedVerb': 'queue',
};

type Options = Readonly<Record<string, string>>;

/** A group of one pod that fits, and a program that answers as it is told. */
class World extends LoopWorld {
  readonly asked: { readonly url: string; readonly body: JsonObject; readonly timeoutMs: number }[] = [];

  constructor(answers: Readonly<Record<string, PostAnswer | Promise<PostAnswer>>>, options: Options = OPTIONS) {
    super(undefined, { ...DEFAULT_POLICY, tiers: [[plugin('extender', options)], ...DEFAULT_POLICY.tiers] });
    this.post = (url, body, timeoutMs) => {
      this.asked.push({ url, body: JSON.parse(body) as JsonObject, timeoutMs });
      return Promise.resolve(answers[url] ?? { kind: 'failed', why: 'nobody is there' });
    };
    this.api.put('queues', rawQueue('default'));
    this.api.put('nodes', rawNode('n1', 2));
    this.api.put('podgroups', rawGroup('g', 1));
    this.api.put('pods', rawPod('p', 'g'));
    this.start();
  }

  get node(): string {
    return stringAt(this.api.get('pods', 'ns/p'), ['spec', 'nodeName']);
  }

  calls(result: string): number {
    return this.metrics.value('sluice_extender_calls_total', { result });
  }
}

function json(value: unknown): PostAnswer {
  return { kind: 'json', value };
}

describe('a program outside', () => {
  it('is asked after the cycle, and its answer wakes the loop', async () => {
    const world = new World({ 'http://host/job': json({ status: 1 }), 'http://host/queue': json({ overused: false }) });
    await world.run(500);
    expect(world.node).to.equal('n1');
    expect(world.asked.map(({ url }) => url)).to.deep.equal(['http://host/job', 'http://host/queue']);
    expect(world.calls('answered')).to.equal(2);
  });

  it('is told of groups and queues under the names of Volcano', async () => {
    const world = new World({ 'http://host/job': json({ status: 1 }), 'http://host/queue': json({ overused: true }) });
    await world.run(500);
    const [job, queue] = world.asked.map(({ body }) => body);
    expect(objectAt(job, 'job')).to.deep.include({
      UID: 'ns/g',
      Name: 'g',
      Namespace: 'ns',
      Queue: 'default',
      MinAvailable: 1,
    });
    expect(objectAt(job, 'job', 'PodGroup', 'spec')).to.deep.include({ minMember: 1, queue: 'default' });
    expect(objectAt(queue, 'queue')).to.deep.include({ Name: 'default', Weight: 1 });
    expect(world.node).to.equal('');
  });

  it('is asked about nodes after the cycle, and its answer wakes the loop', async () => {
    const options = { 'extender.urlPrefix': 'http://host', 'extender.predicateVerb': 'fits' };
    const world = new World({ 'http://host/fits': json({ status: '', code: 0 }) }, options);
    await world.run(500);
    expect(world.node).to.equal('n1');
    expect(
      world.asked.map(({ url, body }) => [url, stringAt(body, ['task', 'Name']), stringAt(body, ['node', 'Name'])]),
    ).to.deep.equal([['http://host/fits', 'p', 'n1']]);
    expect(world.calls('answered')).to.equal(1);
  });

  it('about nodes holds nobody up while it hangs, and is not asked a second time meanwhile', async () => {
    const options = { 'extender.urlPrefix': 'http://host', 'extender.predicateVerb': 'fits' };
    const world = new World({ 'http://host/fits': new Promise(() => undefined) }, options);
    await world.run(60_000);
    expect(world.asked).to.have.length(1);
    expect(world.node).to.equal('');
  });

  it('holds nobody up while it hangs, and is not asked a second time meanwhile', async () => {
    const world = new World({ 'http://host/job': new Promise(() => undefined) });
    await world.run(60_000);
    expect(world.asked).to.have.length(1);
    expect(world.node).to.equal('');
  });

  const BROKEN: readonly (readonly [string, PostAnswer])[] = [
    ['is not there', { kind: 'failed', why: 'nobody is there' }],
    ['answers with a list', json([])],
    ['answers with a status in words', json({ status: 'yes' })],
  ];
  for (const [name, given] of BROKEN) {
    it(`that ${name} is asked again after a while, and counted`, async () => {
      const world = new World({ 'http://host/job': given });
      await world.run(35_000);
      expect(world.asked.length).to.be.within(3, 4);
      expect(world.calls('failed')).to.equal(world.asked.length);
      expect(world.node).to.equal('');
    });
  }
});

import { expect } from 'chai';
import fc from 'fast-check';
import { BOUND_BY_CONTROLLER_ANNOTATION, SELECTED_NODE_ANNOTATION } from '../../../../src/api/keys.ts';
import { DEFAULT_POLICY, plugin } from '../../../../src/config/policy.ts';
import type { SchedulerPolicy } from '../../../../src/config/policy.ts';
import { arrayAt, objectAt, stringAt } from '../../../../src/lib/json.ts';
import type { JsonObject } from '../../../../src/lib/json.ts';
import { rawGroup, rawNode, rawPod, rawQueue } from '../../../support/fake-objects.ts';
import { LoopWorld } from '../../../support/loop-world.ts';
import { rawClaim, rawClass, rawVolume, VolumeController } from '../../../support/volume-controller.ts';

const TEN_SECONDS: SchedulerPolicy = {
  ...DEFAULT_POLICY,
  tiers: [[plugin('gang'), plugin('predicates', { 'volumebinding.bindTimeoutSeconds': 10 })]],
};

/** Nodes n1 and n2, group g of pods p0, p1 ... each with its claim c0, c1 ... */
class Story {
  readonly world: LoopWorld;
  readonly controller: VolumeController;

  constructor(members: number, className = 'local', policy = DEFAULT_POLICY) {
    this.world = new LoopWorld(undefined, policy);
    const { api } = this.world;
    this.controller = new VolumeController(api, this.world.clock);
    for (const name of ['n1', 'n2']) api.put('nodes', rawNode(name, 8));
    api.put('queues', rawQueue('default'));
    api.put('storageclasses', rawClass('local'));
    api.put('storageclasses', rawClass('made', 'csi'));
    api.put('podgroups', rawGroup('g', members));
    for (let i = 0; i < members; i += 1) {
      api.put('persistentvolumeclaims', rawClaim(`c${i}`, className));
      api.put('pods', claiming(`p${i}`, 'g', `c${i}`));
    }
  }

  get api(): LoopWorld['api'] {
    return this.world.api;
  }

  nodeOf(pod: string): string {
    return stringAt(this.api.get('pods', `ns/${pod}`), ['spec', 'nodeName']);
  }

  /** `node volume` by claim, of what claims say: where their volume is to be made, and which one they are bound to. */
  claim(name: string): string {
    const claim = this.api.get('persistentvolumeclaims', `ns/${name}`);
    const node = stringAt(claim, ['metadata', 'annotations', SELECTED_NODE_ANNOTATION]);
    return `${node} ${stringAt(claim, ['spec', 'volumeName'])}`.trim();
  }

  keptFor(volume: string): string {
    return stringAt(this.api.get('persistentvolumes', volume), ['spec', 'claimRef', 'name']);
  }

  /** The only node that reaches it. */
  nodeOfVolume(name: string): unknown {
    const path = ['spec', 'nodeAffinity', 'required', 'nodeSelectorTerms'];
    const [term] = arrayAt(this.api.get('persistentvolumes', name), ...path);
    return arrayAt(arrayAt(term, 'matchExpressions')[0], 'values')[0];
  }

  /** Writes so far, without statuses and plans. */
  get writes(): readonly string[] {
    return this.api.requests
      .filter(({ subresource, type }) => subresource === 'binding' || type.plural.startsWith('persistent'))
      .map(({ name, subresource, type }) => `${subresource === '' ? type.plural : subresource} ${name}`);
  }

  get reasons(): readonly string[] {
    return this.world.events.map(({ reason }) => reason);
  }
}

function claiming(name: string, group: string, claim: string): JsonObject {
  const pod = rawPod(name, group);
  const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: claim } }];
  return { ...pod, spec: { ...objectAt(pod, 'spec'), volumes } };
}

describe('claims of placed pods', () => {
  it('are bound before the pods of their gang, which are bound once all of them are', async () => {
    const story = new Story(2);
    for (const [name, node] of [
      ['v1', 'n1'],
      ['v2', 'n2'],
    ] as const) {
      story.api.put('persistentvolumes', rawVolume(name, node));
    }
    story.controller.stop();
    story.world.start();
    await story.world.run(100_000);
    expect(story.writes).to.have.members(['persistentvolumes v1', 'persistentvolumes v2']);
    expect([story.nodeOf('p0'), story.nodeOf('p1')]).to.deep.equal(['', '']);
    story.controller.start();
    await story.world.run(1000);
    expect([story.nodeOf('p0'), story.nodeOf('p1')].toSorted()).to.deep.equal(['n1', 'n2']);
    for (const i of [0, 1]) expect(story.nodeOf(`p${i}`).slice(1)).to.equal(story.claim(`c${i}`).slice(1));
    expect(objectAt(story.api.get('podgroups', 'ns/g'), 'metadata')['annotations'] ?? {}).to.deep.equal({});
  });

  it('say for which node their volumes are to be made', async () => {
    const story = new Story(2, 'made');
    story.world.start();
    await story.world.run(1000);
    for (const i of [0, 1]) expect(story.claim(`c${i}`)).to.equal(`${story.nodeOf(`p${i}`)} made-c${i}`);
  });

  it('are freed again when they are not bound in time, and the room goes to others', async () => {
    const story = new Story(2, 'made', TEN_SECONDS);
    story.controller.provisioning = 'silent';
    story.world.start();
    await story.world.run(9000);
    expect([story.claim('c0'), story.claim('c1')]).to.not.include('');
    await story.world.run(1500);
    expect([story.claim('c0'), story.claim('c1')]).to.deep.equal(['', '']);
    expect([story.nodeOf('p0'), story.nodeOf('p1')]).to.deep.equal(['', '']);
    expect(story.reasons).to.include('VolumeNotBound');
  });

  it('keep no volume that others could have when one of the gang cannot be bound', async () => {
    const story = new Story(2, 'local', TEN_SECONDS);
    story.api.put('persistentvolumes', rawVolume('v1', 'n1'));
    story.api.put('persistentvolumes', rawVolume('v2', 'n2'));
    story.controller.stop();
    story.world.start();
    await story.world.run(9000);
    expect([story.keptFor('v1'), story.keptFor('v2')].toSorted()).to.deep.equal(['c0', 'c1']);
    await story.world.run(1500);
    expect([story.keptFor('v1'), story.keptFor('v2')]).to.deep.equal(['', '']);
    const metadata = objectAt(story.api.get('persistentvolumes', 'v1'), 'metadata', 'annotations');
    expect(metadata[BOUND_BY_CONTROLLER_ANNOTATION]).to.equal(undefined);
  });

  it('are tried elsewhere or later when their provisioner gives up on the node', async () => {
    const story = new Story(1, 'made');
    story.controller.provisioning = 'givesUp';
    story.world.start();
    await story.world.run(500);
    expect([story.nodeOf('p0'), story.claim('c0')]).to.deep.equal(['', '']);
    expect(story.reasons).to.include('VolumeNotBound');
    story.controller.provisioning = 'makes';
    await story.world.run(10_000);
    expect(story.nodeOf('p0')).to.not.equal('');
  });

  it('are freed again when their pod goes', async () => {
    const story = new Story(1, 'made');
    story.controller.provisioning = 'silent';
    story.world.start();
    await story.world.run(1000);
    expect(story.claim('c0')).to.not.equal('');
    story.api.remove('pods', 'ns/p0');
    await story.world.run(1000);
    expect(story.claim('c0')).to.equal('');
  });

  it('leave their gang its whole time to be bound, however long they took', async () => {
    const story = new Story(2, 'made');
    story.controller.stop();
    story.world.start();
    await story.world.run(100_000);
    let refusals = 1;
    story.api.faults = ({ subresource }) => {
      refusals -= subresource === 'binding' ? 1 : 0;
      return subresource === 'binding' && refusals === 0 ? 'refused' : 'none';
    };
    story.controller.start();
    await story.world.run(5000);
    expect(refusals).to.be.below(0);
    expect([story.nodeOf('p0'), story.nodeOf('p1')]).to.not.include('');
    expect(story.reasons).to.not.include('PlanAbandoned');
  });

  it('are found again by the next leader', async () => {
    const story = new Story(2, 'made');
    story.controller.stop();
    story.world.start();
    await story.world.run(1000);
    const before = [story.claim('c0'), story.claim('c1')];
    story.world.crash(() => true);
    story.world.start();
    await story.world.run(1000);
    expect([story.claim('c0'), story.claim('c1')]).to.deep.equal(before);
    story.controller.start();
    await story.world.run(1000);
    for (const i of [0, 1]) expect(story.claim(`c${i}`)).to.equal(`${story.nodeOf(`p${i}`)} made-c${i}`);
    expect([story.nodeOf('p0'), story.nodeOf('p1')]).to.deep.equal(before);
  });

  for (const fault of ['lost', 'answerLost', 'conflict', 'throttled'] as const) {
    it(`are bound all the same when a write fails once: ${fault}`, async () => {
      const story = new Story(2, 'made');
      const failed = new Set<string>();
      story.api.faults = ({ type, name }) => {
        if (type.plural !== 'persistentvolumeclaims' || failed.has(name)) return 'none';
        failed.add(name);
        return fault;
      };
      story.world.start();
      await story.world.run(10_000);
      for (const i of [0, 1]) expect(story.claim(`c${i}`)).to.equal(`${story.nodeOf(`p${i}`)} made-c${i}`);
      expect(story.reasons).to.not.include('VolumeNotBound');
    });
  }

  it('that the API server refuses to change keep nobody else waiting', async () => {
    const story = new Story(1, 'made');
    story.api.put('podgroups', rawGroup('other', 1));
    story.api.put('pods', rawPod('q0', 'other'));
    story.api.faults = ({ type }) => (type.plural === 'persistentvolumeclaims' ? 'refused' : 'none');
    story.world.start();
    await story.world.run(1000);
    expect([story.nodeOf('p0'), story.nodeOf('q0')]).to.deep.equal(['', 'n1']);
    expect(story.reasons).to.include('VolumeNotBound');
  });

  it('are bound in the end, each to a volume of its own that its pod reaches, whatever fails on the way', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('local', 'made'),
        fc.array(
          fc.constantFrom('none', 'none', 'none', 'lost', 'answerLost', 'conflict', 'throttled', 'refused' as const),
          { maxLength: 20 },
        ),
        fc.option(fc.nat(3000), { nil: undefined }),
        async (className, faults, crashMs) => {
          const story = new Story(3, className);
          for (const [name, node] of [
            ['v1', 'n1'],
            ['v2', 'n2'],
            ['v3', 'n2'],
          ] as const) {
            story.api.put('persistentvolumes', rawVolume(name, node));
          }
          let at = 0;
          story.api.faults = () => {
            at += 1;
            return faults[at - 1] ?? 'none';
          };
          story.world.start();
          if (crashMs !== undefined) {
            await story.world.run(crashMs);
            story.world.crash((nth) => nth % 2 === 0);
            story.world.start();
          }
          await story.world.run(240_000);
          const nodes = [0, 1, 2].map((i) => story.nodeOf(`p${i}`));
          expect(nodes, JSON.stringify(story.world.events)).to.not.include('');
          const volumes = [0, 1, 2].map((i) =>
            stringAt(story.api.get('persistentvolumeclaims', `ns/c${i}`), ['spec', 'volumeName']),
          );
          expect(new Set(volumes).size).to.equal(3);
          expect(volumes.map((name) => story.nodeOfVolume(name))).to.deep.equal(nodes);
        },
      ),
      { numRuns: 100 },
    );
  });
});

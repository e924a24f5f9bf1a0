import { expect } from 'chai';
import fc from 'fast-check';
import type { NodeTerm } from '../../src/api/records/scheduling-shape.ts';
import { Statement } from '../../src/scheduler/session/statement.ts';
import { TaskStatus } from '../../src/scheduler/model/task-status.ts';
import type { WaitingClaim } from '../../src/scheduler/volumes/claim-state.ts';
import { makePod, makeShape } from '../support/records.ts';
import { amounts, SchedulerWorld } from '../support/scheduler-world.ts';
import { VolumeJudge } from '../support/volume-judge.ts';
import type { StandingPod, VolumeWorld } from '../support/volume-judge.ts';
import { makeClaim, makeClass, makeVolume, onNodes, podClaims } from '../support/volume-records.ts';

interface Story {
  readonly volumes: VolumeWorld;
  /** Of each gang the claims of each member, by number. */
  readonly gangs: readonly (readonly (readonly number[])[])[];
  /** A pod of another scheduler that stands on the first node. */
  readonly foreign: readonly number[];
}

const ZONES = ['a', 'b'];
const CLASSES = ['local', 'made'];
const MODES = ['ReadWriteOnce', 'ReadWriteOnce', 'ReadWriteOncePod'];

const terms: fc.Arbitrary<readonly NodeTerm[] | undefined> = fc.oneof(
  fc.constant(undefined),
  fc.integer({ min: 1, max: 4 }).map((n) => onNodes(`n${n}`)),
  fc
    .constantFrom(...ZONES)
    .map((zone) => [{ labels: [{ key: 'zone', operator: 'In' as const, values: [zone] }], fields: [] }]),
);

const claimFacts = fc.record({
  className: fc.constantFrom(...CLASSES),
  request: fc.constantFrom(5, 10),
  mode: fc.constantFrom(...MODES),
  kind: fc.constantFrom('free', 'free', 'free', 'bound', 'deleting', 'selected', 'kept'),
  terms,
  handle: fc.constantFrom('h1', 'h2', 'h3'),
});

const volumeWorld: fc.Arbitrary<VolumeWorld> = fc
  .record({
    nodes: fc.array(
      fc.record({
        zone: fc.constantFrom(...ZONES),
        limit: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
      }),
      { minLength: 1, maxLength: 4 },
    ),
    claims: fc.array(claimFacts, { minLength: 1, maxLength: 7 }),
    free: fc.array(fc.record({ terms, capacity: fc.constantFrom(5, 10, 20), className: fc.constantFrom(...CLASSES) }), {
      maxLength: 6,
    }),
    topologies: terms,
  })
  .map(({ nodes, claims, free, topologies }) => {
    const volumes = free.map((volume, i) =>
      makeVolume(`free${i}`, {
        ...volume,
        nodeTerms: volume.terms,
        accessModes: ['ReadWriteOnce', 'ReadWriteOncePod'],
      }),
    );
    const records = claims.map(({ className, request, mode, kind, terms: nodeTerms, handle }, i) => {
      const volumeName = kind === 'bound' ? `of${i}` : '';
      const claim = makeClaim(`c${i}`, {
        className,
        request,
        accessModes: [mode],
        volumeName,
        isBound: kind === 'bound',
      });
      if (kind === 'bound' || kind === 'kept') {
        const driver = className === 'made' ? 'csi' : '';
        const owned = {
          claim: claim.key,
          isAvailable: false,
          accessModes: [mode],
          className,
          driver,
          handle,
          nodeTerms,
        };
        volumes.push(makeVolume(`of${i}`, owned));
      }
      return { ...claim, deleting: kind === 'deleting', selectedNode: kind === 'selected' ? 'n1' : '' };
    });
    return {
      nodes: nodes.map((node, i) => ({ name: `n${i + 1}`, ...node })),
      claims: records,
      volumes,
      classes: [makeClass('local'), makeClass('made', { provisioner: 'csi', topologies })],
    };
  });

const story: fc.Arbitrary<Story> = fc.record({
  volumes: volumeWorld,
  gangs: fc.array(fc.array(fc.array(fc.nat(7), { maxLength: 2 }), { minLength: 1, maxLength: 4 }), {
    minLength: 1,
    maxLength: 5,
  }),
  foreign: fc.array(fc.nat(7), { maxLength: 2 }),
});

function claimsOf(numbers: readonly number[]): readonly string[] {
  return [...new Set(numbers)].toSorted((a, b) => a - b).map((n) => `c${n}`);
}

function worldOf({ volumes: { nodes, claims, volumes, classes }, gangs, foreign }: Story): SchedulerWorld {
  const world = new SchedulerWorld();
  const { facts } = world.snapshot.volumes;
  for (const { name, zone, limit } of nodes) {
    world.node(name, amounts(99), { labels: new Map([['zone', zone]]) });
    if (limit !== undefined) facts.csiNodes.set(name, { name, limits: new Map([['csi', limit]]) });
  }
  for (const claim of claims) facts.claims.set(claim.key, claim);
  for (const volume of volumes) facts.volumes.set(volume.name, volume);
  for (const storageClass of classes) facts.classes.set(storageClass.name, storageClass);
  world.snapshot.upsertTask(
    makePod('foreign', '', makeShape(amounts(1)), {
      schedulerName: 'default-scheduler',
      nodeName: 'n1',
      phase: 'Running',
      claims: podClaims(...claimsOf(foreign)),
    }),
  );
  gangs.forEach((members, g) => {
    world.group(`g${g}`, members.length);
    members.forEach((numbers, i) => {
      const pod = { claims: podClaims(...claimsOf(numbers)) };
      world.snapshot.upsertTask(makePod(`g${g}-${i}`, `g${g}`, makeShape(amounts(1)), pod));
    });
  });
  return world;
}

function keysOf(numbers: readonly number[]): readonly string[] {
  return claimsOf(numbers).map((name) => `ns/${name}`);
}

describe('volumes', () => {
  it('are used as Kubernetes says by all that is placed, and who waits alone could stand nowhere', () => {
    const seen = { placed: 0, judged: 0 };
    fc.assert(
      fc.property(story, (told) => {
        const world = worldOf(told);
        const judge = new VolumeJudge(told.volumes);
        const before: StandingPod[] = [{ claims: keysOf(told.foreign), node: 'n1', choices: [] }];
        const placed = new Map<string, StandingPod>();
        const { decisions } = world.cycle();
        for (const decision of decisions) {
          if (decision.kind !== 'gang') continue;
          for (const { pod, node, volumes = [] } of decision.binds) {
            const [group = 0, member = 0] = pod.slice('ns/g'.length).split('-').map(Number);
            placed.set(pod, { claims: keysOf(told.gangs[group]?.[member] ?? []), node, choices: volumes });
          }
        }
        // The other scheduler's pod may itself stand where it should not.
        const known = new Set(judge.faults(before));
        const all = [...before, ...placed.values()];
        const ours = judge.faults([...placed.values()]).filter((fault) => !known.has(fault));
        expect(ours).to.deep.equal([]);
        told.gangs.forEach((members, g) => {
          const bound = members.filter((_, i) => placed.has(`ns/g${g}-${i}`)).length;
          expect([0, members.length], `gang ${g}`).to.include(bound);
          const [only] = members;
          if (bound > 0 && members.some((numbers) => numbers.length > 0)) seen.placed += 1;
          if (bound > 0 || only === undefined || members.length > 1) return;
          // A fault that was there before hides what one more pod would do.
          if (judge.faults(all).length > 0) return;
          seen.judged += 1;
          const open = told.volumes.nodes.filter(({ name }) => judge.fits(keysOf(only), name, all));
          expect(open, `pod of gang ${g}`).to.deep.equal([]);
        });
      }),
      { numRuns: 1000 },
    );
    expect(seen.placed).to.be.greaterThan(150);
    expect(seen.judged).to.be.greaterThan(60);
  });

  it('are as they were after a rollback', () => {
    fc.assert(
      fc.property(story, fc.array(fc.nat(3), { minLength: 1, maxLength: 20 }), (told, places) => {
        const { snapshot } = worldOf(told);
        snapshot.settle();
        const read = (): unknown => readings(told, snapshot);
        const before = read();
        const statement = new Statement(snapshot);
        let at = 0;
        for (const task of snapshot.tasks.values()) {
          if (task.status !== TaskStatus.Pending) continue;
          statement.allocate(task, (places[at % places.length] ?? 0) % told.volumes.nodes.length);
          at += 1;
        }
        statement.rollback(0);
        expect(read()).to.deep.equal(before);
      }),
      { numRuns: 500 },
    );
  });
});

/** Where each unbound claim can be had, what is attached where, and who has a claim to himself. */
function readings({ volumes: { nodes, claims, classes } }: Story, snapshot: SchedulerWorld['snapshot']): unknown {
  const { picks, users } = snapshot.volumes;
  const waiting = claims.flatMap((claim): WaitingClaim[] => {
    const storageClass = classes.find(({ name }) => name === claim.className);
    return claim.isBound || storageClass === undefined ? [] : [{ kind: 'waiting', claim, storageClass }];
  });
  return {
    open: waiting.map((one) => nodes.map((_, node) => picks.nodesFor(one).has(node))),
    choices: waiting.map((one) => nodes.map(({ name }, node) => picks.at([one], node, name))),
    attached: nodes.map((_, node) => [...users.attached(node, 'csi')].toSorted()),
    holders: claims.map((claim) => users.holderOf(claim)?.uid),
  };
}

import { expect } from 'chai';
import fc from 'fast-check';
import { AUTHORITY_SECRET } from '../../../src/engine/certificates/authority-secret.ts';
import { SERVING_SECRET } from '../../../src/engine/certificates/serving-secret.ts';
import { RotationWorld } from './rotation-world.ts';

const REPLICAS = 3;
const RUNS = Number(process.env['SLUICE_ROTATIONS'] ?? 60);

/** A certificate of 150 s is renewed 50 s before its end, and looked at each 10 s: no clock may jump over what is left then. */
const JUMPS_MS = { min: -60_000, max: 20_000 } as const;

const replica = fc.nat(REPLICAS - 1);
const fate = fc.constantFrom<'through' | 'lost' | 'unheard'>('through', 'through', 'through', 'lost', 'unheard');
type Command =
  | { readonly kind: 'answer'; readonly at: number; readonly fate: 'through' | 'lost' | 'unheard' }
  | { readonly kind: 'pass'; readonly ms: number; readonly paused: number }
  | { readonly kind: 'settle'; readonly rounds: number; readonly paused: number }
  | { readonly kind: 'restart'; readonly at: number }
  | { readonly kind: 'jump'; readonly ms: number }
  | { readonly kind: 'delete'; readonly secret: string }
  | { readonly kind: 'rotate' }
  | { readonly kind: 'edit' };

/** One more than there are: nobody is paused. */
const paused = fc.nat(REPLICAS);
const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 12, arbitrary: fc.record({ kind: fc.constant('answer' as const), at: replica, fate }) },
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.integer({ min: 500, max: 12_000 }), paused }),
  },
  {
    weight: 8,
    arbitrary: fc.record({ kind: fc.constant('settle' as const), rounds: fc.integer({ min: 1, max: 8 }), paused }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const), at: replica }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('jump' as const), ms: fc.integer({ min: -60_000, max: 400_000 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('delete' as const),
      secret: fc.constantFrom(AUTHORITY_SECRET, SERVING_SECRET),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('rotate' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('edit' as const) }) },
);

describe('the rotation of the authority', () => {
  it('has every replica serve what every configuration trusts, whoever looks, sleeps, ends or loses a write when', async () => {
    const property = fc.asyncProperty(fc.array(command, { minLength: 30, maxLength: 150 }), async (commands) => {
      const world = new RotationWorld(REPLICAS);
      try {
        await settle(world, 3, REPLICAS);
        for (const one of commands) {
          await obey(world, one);
          expect(world.mistrusted(), JSON.stringify(one)).to.deep.equal([]);
        }
      } finally {
        world.stop();
      }
    });
    await fc.assert(property, { numRuns: RUNS });
  }).timeout(120_000);

  it('has nobody serve an expired certificate while the Secrets can be written, wherever the clock jumps', async () => {
    const event = fc.oneof(
      { weight: 3, arbitrary: fc.record({ kind: fc.constant('jump' as const), ms: fc.integer(JUMPS_MS) }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const), at: replica }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('rotate' as const) }) },
      {
        weight: 1,
        arbitrary: fc.record({ kind: fc.constant('delete' as const), secret: fc.constant(SERVING_SECRET) }),
      },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('edit' as const) }) },
    );
    const property = fc.asyncProperty(fc.array(event, { minLength: 20, maxLength: 60 }), async (events) => {
      const world = new RotationWorld(REPLICAS);
      try {
        await settle(world, 3, REPLICAS);
        for (const one of events) {
          await obey(world, one);
          await settle(world, 2, REPLICAS);
          expect(world.expired(), JSON.stringify(one)).to.deep.equal([]);
        }
      } finally {
        world.stop();
      }
    });
    await fc.assert(property, { numRuns: RUNS });
  }).timeout(120_000);

  it('comes to its end when replicas look in turn: one authority is trusted, and all serve by it', async () => {
    const world = new RotationWorld(REPLICAS);
    await settle(world, 5, REPLICAS);
    const [first] = world.configurations.bundles();
    world.secrets.put(AUTHORITY_SECRET, {}, { 'sluice.dev/rotate': 'now' });
    await settle(world, 30, REPLICAS);
    const bundles = new Set(world.configurations.bundles());
    expect(bundles.size).to.equal(1);
    expect([...bundles][0])
      .to.match(/^ca\d+@\d+$/)
      .and.not.equal(first);
    expect(world.mistrusted()).to.deep.equal([]);
    world.stop();
  });
});

async function obey(world: RotationWorld, one: Command): Promise<void> {
  if (one.kind === 'answer') await world.replicas[one.at]?.answer(one.fate);
  else if (one.kind === 'pass') world.pass(one.ms, (at) => at !== one.paused);
  else if (one.kind === 'settle') await settle(world, one.rounds, one.paused);
  else if (one.kind === 'restart') world.restart(one.at);
  else if (one.kind === 'jump') world.nowMs += one.ms;
  else if (one.kind === 'delete') world.secrets.secrets.delete(one.secret);
  else if (one.kind === 'rotate') rotate(world);
  else world.configurations.setBundle('ValidatingWebhookConfiguration', editedBundle(world));
}

function rotate(world: RotationWorld): void {
  if (world.secrets.secrets.has(AUTHORITY_SECRET))
    world.secrets.put(AUTHORITY_SECRET, {}, { 'sluice.dev/rotate': 'now' });
}

/** Somebody adds an authority of his own. */
function editedBundle(world: RotationWorld): string {
  return `foreign@1|${world.configurations.bundles()[0] ?? ''}`;
}

const NOTHING = Promise.resolve(false);

/** Some rounds of ten seconds in which everybody who is not paused does all it wants to. */
async function settle(world: RotationWorld, rounds: number, paused: number): Promise<void> {
  for (let round = 0; round < rounds; round += 1) {
    world.pass(10_000, (at) => at !== paused);
    for (let turn = 0; turn < 60; turn += 1) {
      const answers = world.replicas.map((one, at) => (at === paused ? NOTHING : (one?.answer() ?? NOTHING)));
      if (!(await Promise.all(answers)).includes(true)) break;
    }
    expect(world.mistrusted(), 'in a round').to.deep.equal([]);
  }
}

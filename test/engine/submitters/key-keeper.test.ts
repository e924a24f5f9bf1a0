import { expect } from 'chai';
import fc from 'fast-check';
import { newSubmitterKey } from '../../../src/adapters/submitter-keys.ts';
import { SUBMITTER_SECRET } from '../../../src/api/access.ts';
import { KeyKeeper } from '../../../src/engine/submitters/key-keeper.ts';
import type { KeyKeeperOptions } from '../../../src/engine/submitters/key-keeper.ts';
import type { KeyRing } from '../../../src/engine/submitters/key-ring.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { QUIET_LOG } from '../../support/quiet-log.ts';
import { settled } from '../../support/controller-ports.ts';
import { SecretStore } from '../certificates/secret-store.ts';

const NOW_MS = Date.UTC(2030, 0, 1);
const EVERY_MS = 60_000;
const DAY_MS = 86_400_000;
const TIMINGS = { settleMs: 5 * EVERY_MS, signMs: 90 * DAY_MS, keepMs: 200 * DAY_MS };
const FIRST = '20300101T000000Z';

describe('the keeper of the keys of submitters', () => {
  let clock: ManualClock;
  let store: SecretStore;
  let warnings: string[];
  let keepers: KeyKeeper[];

  beforeEach(() => {
    clock = new ManualClock(NOW_MS);
    store = new SecretStore();
    warnings = [];
    keepers = [];
  });

  afterEach(() => {
    for (const keeper of keepers) keeper.stop();
  });

  function replica(over: Partial<Pick<KeyKeeperOptions, 'onRing' | 'makeKey'>> = {}): KeyKeeper {
    const warn = (_message: string, fields?: Readonly<Record<string, unknown>>): void =>
      void warnings.push(String(fields?.['message']));
    const keeper = new KeyKeeper({
      writer: store,
      namespace: 'n',
      clock,
      log: { ...QUIET_LOG, warn, error: warn },
      makeKey: newSubmitterKey,
      onRing: () => undefined,
      timings: TIMINGS,
      checkEveryMs: EVERY_MS,
      ...over,
    });
    keepers.push(keeper);
    return keeper;
  }

  async function checked(...some: readonly KeyKeeper[]): Promise<void> {
    for (const keeper of some) await keeper.check();
  }

  const ids = ({ ring }: KeyKeeper): readonly string[] => [...ring.keys.keys()];

  it('makes a key where there is none, which signs at once, and tells it once', async () => {
    const told: KeyRing[] = [];
    const keeper = replica({ onRing: (ring) => void told.push(ring) });
    await keeper.looked;
    expect([keeper.ring.signer, ids(keeper)]).to.deep.equal([FIRST, [FIRST]]);
    await keeper.check();
    expect(told).to.deep.equal([keeper.ring]);
    expect(store.verbs.filter((verb) => !verb.startsWith('get'))).to.deep.equal([`create ${SUBMITTER_SECRET}`]);
  });

  it('looks every second for the first key where others make it, and then as seldom as ever', async () => {
    const reader = replica({ makeKey: undefined });
    await reader.looked;
    expect(reader.ring.signer).to.equal('');
    await replica().looked;
    clock.advance(1000);
    await settled();
    expect(reader.ring.signer).to.equal(FIRST);
    const looks = store.verbs.length;
    clock.advance(EVERY_MS - 2000);
    await settled();
    expect(store.verbs.length).to.equal(looks);
  });

  it('fills the Secret that a manifest made, beside what is no key', async () => {
    store.put(SUBMITTER_SECRET, { note: 'hands off', [`20290101T000000Z`]: 'short' });
    const keeper = replica();
    await keeper.looked;
    expect(ids(keeper)).to.deep.equal([FIRST]);
    expect(Object.keys(store.secrets.get(SUBMITTER_SECRET)?.data ?? {})).to.include('note');
  });

  it('has one key where several replicas begin together', async () => {
    const all = [replica(), replica(), replica()];
    await Promise.all(all.map(({ looked }) => looked));
    const [first] = all;
    expect(first?.ring.keys.size).to.equal(1);
    for (const { ring } of all) expect(ring).to.deep.equal(first?.ring);
    expect(warnings).to.deep.equal([]);
  });

  it('lets a new key verify first, then sign, and drops the old one when nothing needs it', async () => {
    const keeper = replica();
    await keeper.looked;
    const seen: (readonly [signer: string, ids: readonly string[]])[] = [];
    for (const days of [89, 1]) {
      clock.advance(days * DAY_MS);
      await keeper.check();
      seen.push([keeper.ring.signer, ids(keeper)]);
    }
    clock.advance(TIMINGS.settleMs);
    await keeper.check();
    seen.push([keeper.ring.signer, ids(keeper)]);
    const second = '20300401T000000Z';
    expect(seen).to.deep.equal([
      [FIRST, [FIRST]],
      [FIRST, [FIRST, second]],
      [second, [FIRST, second]],
    ]);
    clock.advance(110 * DAY_MS);
    await checked(keeper, keeper);
    expect(ids(keeper)).to.not.include(FIRST);
    expect(ids(keeper)).to.include(second);
  });

  it('takes keys back that somebody deletes: all of them with the Secret, and a new one is made', async () => {
    const [a, b] = [replica(), replica()];
    await Promise.all([a.looked, b.looked]);
    clock.advance(DAY_MS);
    store.secrets.delete(SUBMITTER_SECRET);
    await checked(a, b);
    expect(ids(a)).to.deep.equal(['20300102T000000Z']);
    expect(b.ring).to.deep.equal(a.ring);
    store.put(SUBMITTER_SECRET, { '20300102T000000Z': '' });
    await checked(a);
    expect(ids(a), 'a key that is emptied').to.deep.equal(['20300102T000000Z']);
  });

  it('goes on with what it knows while the Secret cannot be read, and tells it once', async () => {
    const keeper = replica();
    await keeper.looked;
    const { ring } = keeper;
    for (let i = 0; i < 2; i += 1) store.script.push(() => ({ kind: 'refused', code: 403, message: 'forbidden' }));
    await checked(keeper, keeper);
    expect(keeper.ring).to.equal(ring);
    expect(warnings).to.have.length(1);
    expect(warnings[0]).to.include('forbidden');
  });

  it('begins without keys where it may not write, and looks on', async () => {
    const refusal = (): ReturnType<SecretStore['script'][number]> => ({ kind: 'refused', code: 403, message: 'no' });
    store.script.push(() => undefined, refusal);
    const keeper = replica();
    await keeper.looked;
    expect(ids(keeper)).to.deep.equal([]);
    await settled();
    clock.advance(EVERY_MS);
    await settled();
    expect(ids(keeper)).to.have.length(1);
  });

  it('makes no keys for a process that does not sign', async () => {
    const reader = replica({ makeKey: undefined });
    await reader.looked;
    expect([ids(reader), store.secrets.size]).to.deep.equal([[], 0]);
    const writer = replica();
    await writer.looked;
    await reader.check();
    expect(reader.ring).to.deep.equal(writer.ring);
  });

  it('never signs by a key that another replica does not know, as long as each looks in time', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(2), fc.integer({ min: 1, max: 4 })), { maxLength: 60 }),
        async (steps) => {
          clock = new ManualClock(NOW_MS);
          store = new SecretStore();
          const all = [replica(), replica(), replica()];
          for (const one of all) await one.looked;
          clock.advance(TIMINGS.signMs - 20 * EVERY_MS);
          const lookedMs = all.map(() => clock.nowMs());
          for (const one of all) await one.check();
          for (const [who, minutes] of steps) {
            clock.advance(minutes * EVERY_MS);
            for (const [at, one] of all.entries()) {
              const isLate = clock.nowMs() - (lookedMs[at] ?? 0) >= TIMINGS.settleMs;
              if (at !== who && !isLate) continue;
              await one.check();
              lookedMs[at] = clock.nowMs();
            }
            for (const { ring } of all)
              for (const other of all) expect([...other.ring.keys.keys()]).to.include(ring.signer);
          }
          for (const one of all) one.stop();
        },
      ),
      { numRuns: Number(process.env['SLUICE_ROTATIONS'] ?? 60) },
    );
  });
});

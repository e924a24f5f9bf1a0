import { expect } from 'chai';
import { projectResourceClaim } from '../../../../src/api/projections/devices/resource-claim.ts';
import type { AllocatedDevice } from '../../../../src/api/records/device-records.ts';
import { ClaimBinder } from '../../../../src/engine/cycle/claims/claim-binder.ts';
import type { ClaimTrouble } from '../../../../src/engine/cycle/claims/claim-binder.ts';
import { deviceOrders } from '../../../../src/engine/cycle/claims/device-order.ts';
import { arrayAt, memberAt, objectAt, stringAt } from '../../../../src/lib/json.ts';
import type { JsonObject } from '../../../../src/lib/json.ts';
import type { BindDecision } from '../../../../src/scheduler/session/decision.ts';
import { settled } from '../../../support/controller-ports.ts';
import { rawDeviceClaim } from '../../../support/device-claims.ts';
import { FakeApi } from '../../../support/fake-api.ts';
import { fixedRandomness, ManualClock } from '../../../support/manual-clock.ts';
import { QUIET_LOG } from '../../../support/quiet-log.ts';
import { makeAllocated } from '../../../support/device-records.ts';
import { makePod, makeShape } from '../../../support/records.ts';

const DEVICE = makeAllocated('n1', 'n1-0');

const SHAPE = makeShape({ cpu: 1 });
const CLAIMS = [{ key: 'ns/c', podUid: '', isMade: true }];

/** A binder over the fake API, whose watch tells at once; pods p0, p1 ... use the claim `c`. */
class Scene {
  readonly api = new FakeApi();
  readonly clock = new ManualClock(1_000_000);
  readonly binder: ClaimBinder;
  readonly gone = new Set<string>();
  readonly #claims = new Map<string, JsonObject>();
  /** What the watch has to say later. */
  #held: (() => void)[] | undefined;

  constructor() {
    this.api.watch(({ plural, object }) => {
      const tell = (): void => {
        this.#claims.set(`ns/${stringAt(object, ['metadata', 'name'])}`, object);
        if (plural === 'resourceclaims') this.binder.observe();
      };
      if (this.#held === undefined) tell();
      else this.#held.push(tell);
    });
    const view = {
      deviceClaim: (key: string) => projectResourceClaim(this.#claims.get(key)),
      pod: (uid: string) =>
        this.gone.has(uid) ? undefined : makePod(uid.slice(4), 'g', SHAPE, { deviceClaims: CLAIMS }),
      served: () => new Map(),
      isUsed: () => true,
      clock: this.clock,
      randomness: fixedRandomness(),
    };
    this.binder = new ClaimBinder({
      writer: this.api,
      clock: this.clock,
      log: QUIET_LOG,
      ordersOf: (binds) => deviceOrders(binds, view),
    });
    this.api.put('resourceclaims', rawDeviceClaim('c'));
  }

  get claim(): JsonObject {
    return this.api.get('resourceclaims', 'ns/c') ?? {};
  }

  get users(): readonly string[] {
    return arrayAt(this.claim, 'status', 'reservedFor').map((entry) => stringAt(entry, ['name']));
  }

  get devices(): readonly string[] {
    return arrayAt(this.claim, 'status', 'allocation', 'devices', 'results').map((entry) =>
      stringAt(entry, ['device']),
    );
  }

  get writes(): readonly string[] {
    return this.api.requests.map(({ subresource }) => (subresource === '' ? 'claim' : subresource));
  }

  holdWatch(): void {
    this.#held = [];
  }

  releaseWatch(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const tell of held) tell();
  }

  say(conditions: readonly JsonObject[]): void {
    const devices = [{ driver: DEVICE.driver, pool: 'n1', device: 'n1-0', conditions }];
    this.api.patch('resourceclaims', 'ns/c', { status: { devices } });
  }

  async run(forMs: number): Promise<void> {
    const untilMs = this.clock.nowMs() + forMs;
    for (;;) {
      await settled();
      if (!this.clock.stepWithin(untilMs - this.clock.nowMs())) break;
    }
    this.clock.advance(untilMs - this.clock.nowMs());
    await settled();
  }
}

/** What became of binding: unfinished, or its trouble. */
interface Binding {
  isOver: boolean;
  trouble: ClaimTrouble | undefined;
}

function start(scene: Scene, pods: readonly string[], device: Partial<AllocatedDevice> = {}): Binding {
  const allocation = { devices: [{ ...DEVICE, ...device }], config: [], nodeTerms: [only('n1')] };
  const binding: Binding = { isOver: false, trouble: undefined };
  const binds = pods.map((name): BindDecision => ({
    kind: 'bind',
    uid: `uid-${name}`,
    pod: `ns/${name}`,
    node: 'n1',
    devices: [{ claim: 'ns/c', allocation }],
  }));
  void scene.binder.bind(binds).then((trouble) => {
    binding.isOver = true;
    binding.trouble = trouble;
  });
  return binding;
}

function only(node: string): { labels: []; fields: { key: string; operator: 'In'; values: string[] }[] } {
  return { labels: [], fields: [{ key: 'metadata.name', operator: 'In', values: [node] }] };
}

describe('claims for devices of placed pods', () => {
  it('are protected, then given their devices, for all the pods that share them', async () => {
    const scene = new Scene();
    const binding = start(scene, ['p0', 'p1']);
    await scene.run(0);
    expect(binding).to.deep.equal({ isOver: true, trouble: undefined });
    expect(scene.writes).to.deep.equal(['claim', 'status']);
    expect(arrayAt(scene.claim, 'metadata', 'finalizers')).to.deep.equal(['resource.kubernetes.io/delete-protection']);
    expect([scene.devices, scene.users]).to.deep.equal([['n1-0'], ['p0', 'p1']]);
    expect(objectAt(scene.claim, 'status', 'allocation')).to.deep.equal({
      devices: { results: [{ request: 'gpu', driver: 'gpu.example.com', pool: 'n1', device: 'n1-0' }] },
      nodeSelector: {
        nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['n1'] }] }],
      },
      allocationTimestamp: '1970-01-01T00:16:40Z',
    });
  });

  it('are waited for until the watch shows what was written', async () => {
    const scene = new Scene();
    scene.holdWatch();
    const binding = start(scene, ['p0']);
    await scene.run(1000);
    expect([scene.devices, binding.isOver]).to.deep.equal([['n1-0'], false]);
    scene.releaseWatch();
    await scene.run(0);
    expect(binding).to.deep.equal({ isOver: true, trouble: undefined });
  });

  it('that have their devices are only reserved for another pod', async () => {
    const scene = new Scene();
    start(scene, ['p0']);
    await scene.run(0);
    const more = start(scene, ['p1']);
    await scene.run(0);
    expect([more.trouble, scene.users, scene.writes]).to.deep.equal([
      undefined,
      ['p0', 'p1'],
      ['claim', 'status', 'status'],
    ]);
  });

  it('tell what a share of a device takes, under a UID of its own', async () => {
    const scene = new Scene();
    start(scene, ['p0'], { share: '', consumed: new Map([['memory', 1_500_000_000n]]) });
    await scene.run(0);
    const [result] = arrayAt(scene.claim, 'status', 'allocation', 'devices', 'results');
    expect(memberAt(result, 'consumedCapacity')).to.deep.equal({ memory: '1500m' });
    expect(stringAt(result, ['shareID'])).to.match(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('wait for devices to become ready, and are freed when one fails', async () => {
    for (const [type, isReady] of [
      ['attached', true],
      ['broken', false],
    ] as const) {
      const scene = new Scene();
      const binding = start(scene, ['p0'], { bindingConditions: ['attached'], bindingFailureConditions: ['broken'] });
      await scene.run(100_000);
      expect(binding.isOver).to.equal(false);
      scene.say([{ type, status: 'True' }]);
      await scene.run(0);
      expect([binding.trouble?.problem, scene.devices]).to.deep.equal(
        isReady ? [undefined, ['n1-0']] : ['claim ns/c: device n1-0 says broken', []],
      );
    }
  });

  it('are freed when their devices do not become ready in time', async () => {
    const scene = new Scene();
    const binding = start(scene, ['p0'], { bindingConditions: ['attached'] });
    await scene.run(599_000);
    expect([binding.isOver, scene.devices]).to.deep.equal([false, ['n1-0']]);
    await scene.run(2000);
    expect([binding.trouble, scene.devices, scene.users]).to.deep.equal([
      { code: 'DevicesNotReady', problem: 'claim ns/c was not bound in time' },
      [],
      [],
    ]);
  });

  it('stay with the pods that use them when another one that shares them goes', async () => {
    const scene = new Scene();
    start(scene, ['p0']);
    await scene.run(0);
    scene.holdWatch();
    const more = start(scene, ['p1']);
    await scene.run(0);
    scene.gone.add('uid-p1');
    scene.releaseWatch();
    await scene.run(0);
    expect([more.trouble?.problem, scene.devices, scene.users]).to.deep.equal(['pod ns/p1 is gone', ['n1-0'], ['p0']]);
  });

  it('that somebody else gave other devices are left alone', async () => {
    const scene = new Scene();
    const results = [{ request: 'gpu', driver: 'gpu.example.com', pool: 'n2', device: 'n2-0' }];
    scene.api.patch('resourceclaims', 'ns/c', { status: { allocation: { devices: { results } } } });
    const binding = start(scene, ['p0']);
    await scene.run(0);
    expect([binding.trouble?.problem, scene.devices, scene.writes]).to.deep.equal([
      'claim ns/c was given other devices',
      ['n2-0'],
      [],
    ]);
  });

  for (const fault of ['lost', 'answerLost', 'conflict', 'throttled'] as const) {
    for (const at of [0, 1]) {
      it(`are given their devices all the same when write ${at} fails once: ${fault}`, async () => {
        const scene = new Scene();
        let nth = 0;
        scene.api.faults = () => {
          nth += 1;
          return nth - 1 === at ? fault : 'none';
        };
        const binding = start(scene, ['p0', 'p1']);
        await scene.run(10_000);
        expect([binding, scene.devices, scene.users]).to.deep.equal([
          { isOver: true, trouble: undefined },
          ['n1-0'],
          ['p0', 'p1'],
        ]);
      });
    }
  }

  it('say why when the API server does not take them', async () => {
    const scene = new Scene();
    scene.api.faults = ({ subresource }) => (subresource === 'status' ? 'refused' : 'none');
    const binding = start(scene, ['p0']);
    await scene.run(0);
    expect([binding.trouble, scene.devices]).to.deep.equal([
      { code: 'DevicesNotReady', problem: 'ns/c: not valid' },
      [],
    ]);
  });
});

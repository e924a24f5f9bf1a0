import { expect } from 'chai';
import { ROTATE_ANNOTATION } from '../../src/api/keys.ts';
import { startControlPlane } from '../control-plane/launch.ts';
import type { ControlPlane } from '../control-plane/launch.ts';
import { settingOf } from '../e2e/support/gang-cluster.ts';
import { applied, optedInNamespace } from '../e2e/support/manifest.ts';
import { trusted, untilTrusted } from '../e2e/support/trusted-bundle.ts';
import { Replicas } from './support/replicas.ts';
import { ReviewStorm } from './support/review-storm.ts';
import type { StormFigures } from './support/review-storm.ts';

const TEAM = 'team';
const WEBHOOKS = 3;
const SCHEDULERS = 2;
/** A million for a full run. No run ends before each kind of event has been through once. */
const REVIEWS = settingOf('SLUICE_E2E_REVIEWS', 20_000);
const TELL_MS = 10_000;
/** Seconds that a serving certificate lives: an authority is taken away after that. */
const LIFE_SECONDS = 60;
const CERTIFICATES = ['--certificate-seconds', '1', '--certificate-days', String(LIFE_SECONDS / 86_400)];
const SECRET = '/api/v1/namespaces/sluice-system/secrets/sluice-ca';

/** How often each event went all the way. */
interface Events {
  rotations: number;
  updates: number;
  leaderChanges: number;
}

describe(`${REVIEWS} reviews by three webhooks`, function () {
  this.timeout(300_000 + REVIEWS * 10);
  const events: Events = { rotations: 0, updates: 0, leaderChanges: 0 };
  let plane: ControlPlane;
  let replicas: Replicas;

  before(async () => {
    plane = await startControlPlane();
    replicas = await Replicas.launch(plane, {
      webhooks: WEBHOOKS,
      schedulers: SCHEDULERS,
      leaseSeconds: 15,
      args: CERTIFICATES,
    });
    await replicas.untilReady();
    await applied(plane, optedInNamespace(TEAM));
  });

  after(async () => {
    await replicas?.stop();
    await plane?.stop();
  });

  it('are all answered while authorities follow each other, replicas are updated and the lead changes', async () => {
    const storm = new ReviewStorm({ client: plane.client, balancer: replicas.balancer, namespace: TEAM });
    const begunMs = performance.now();
    const telling = setInterval(() => console.log(`      ${progress(storm.figures, begunMs)}`), TELL_MS);
    const isEnough = ({ answered, failed }: StormFigures): boolean =>
      failed > 0 || (answered >= REVIEWS && Object.values(events).every((count) => count > 0));
    let isOver = false;
    const struck = Promise.all([again(rotated, () => isOver), again(replaced, () => isOver)]);
    try {
      await Promise.race([storm.run(isEnough), struck]);
    } finally {
      isOver = true;
      clearInterval(telling);
      console.log(`      ${progress(storm.figures, begunMs)}`);
    }
    await struck;
    const { failed, retried } = storm.figures;
    expect({ failed, retried, failures: storm.failures }).to.deep.equal({ failed: 0, retried: 0, failures: [] });
    expect(replicas.ownEnds).to.deep.equal([]);
  });

  /** A whole rotation of the authority, from Prepare to the end of Retire. */
  async function rotated(): Promise<void> {
    const [before = ''] = await trusted(plane.client);
    const body = { metadata: { annotations: { [ROTATE_ANNOTATION]: 'now' } } };
    await plane.client.request('PATCH', SECRET, body, 'application/merge-patch+json');
    await untilTrusted(plane.client, (found) => found.length === 1 && !found.includes(before));
    events.rotations += 1;
  }

  /** One replica after the other, and then the one that leads. */
  async function replaced(): Promise<void> {
    for (let at = 0; at < replicas.count; at += 1) await renewed(at);
    events.updates += 1;
    await renewed(await replicas.leader());
    await replicas.leader();
    events.leaderChanges += 1;
  }

  async function renewed(at: number): Promise<void> {
    expect(await replicas.drain(at)).to.equal(0);
    await replicas.untilReady();
  }

  function progress(figures: StormFigures, begunMs: number): string {
    const seconds = (performance.now() - begunMs) / 1000;
    const perSecond = Math.round(figures.answered / seconds);
    return JSON.stringify({ seconds: Math.round(seconds), of: REVIEWS, ...figures, perSecond, ...events });
  }
});

async function again(act: () => Promise<void>, isOver: () => boolean): Promise<void> {
  while (!isOver()) await act();
}

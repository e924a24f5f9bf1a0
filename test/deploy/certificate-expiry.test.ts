import { expect } from 'chai';
import { setTimeout as sleep } from 'node:timers/promises';
import { ALERTS } from '../../tools/deploy/alerts.ts';
import type { Alert } from '../../tools/deploy/alerts.ts';
import { installOrSkip } from '../clients/support/no-answer.ts';
import { freePort } from '../control-plane/free-port.ts';
import { startControlPlane } from '../control-plane/launch.ts';
import type { ControlPlane } from '../control-plane/launch.ts';
import { settingOf } from '../e2e/support/gang-cluster.ts';
import { applied, optedInNamespace } from '../e2e/support/manifest.ts';
import { SluiceProcess } from '../e2e/support/sluice-process.ts';
import { servedFingerprint } from '../e2e/support/foreign-certificate.ts';
import { Handshakes } from './support/handshakes.ts';
import { Prometheus } from './support/prometheus.ts';
import { underReviews } from './support/review-load.ts';

const TEAM = 'team';
const SECRET = '/api/v1/namespaces/sluice-system/secrets/sluice-serving';
const CLOCK = new URL('support/jumping-clock.ts', import.meta.url).href;
/** A certificate lives that long instead of thirty days, and all that the alerts say of days is shortened as much. */
const LIFE_SECONDS = 60;
const DAY_SECONDS = 86_400;
const SHORTER = LIFE_SECONDS / (30 * DAY_SECONDS);
/** Renewals to be seen. */
const RENEWALS = settingOf('SLUICE_E2E_RENEWALS', 2);
const LOOK_MS = 100;

describe('the end of a certificate, under load', function () {
  this.timeout(300_000 + RENEWALS * 60_000);
  const told: Record<string, unknown> = { lifeSeconds: LIFE_SECONDS };
  let plane: ControlPlane;
  let webhookPort: number;
  let sluice: SluiceProcess;
  let prometheus: Prometheus;
  let handshakes: Handshakes;

  before(async function () {
    this.timeout(1_800_000);
    await installOrSkip(this, () => Prometheus.build());
    plane = await startControlPlane();
    webhookPort = await freePort();
    sluice = await SluiceProcess.start({
      kubeconfig: plane.kubeconfigPath,
      install: true,
      webhookPort,
      args: ['--certificate-seconds', '1', '--certificate-days', String(LIFE_SECONDS / DAY_SECONDS)],
      env: { NODE_OPTIONS: `--import ${CLOCK}` },
    });
    const alerts = ALERTS.filter(({ name }) => name.startsWith('SluiceCertificate')).map(shortened);
    prometheus = await Prometheus.start({ operationsPorts: [sluice.operationsPort], alerts });
    await applied(plane, optedInNamespace(TEAM));
  });

  beforeEach(() => {
    handshakes = new Handshakes(plane.client, webhookPort);
  });

  afterEach(async () => {
    await handshakes.end();
  });

  after(async () => {
    console.log(`      ${JSON.stringify(told)}`);
    await prometheus?.stop();
    await sluice?.stop();
    await plane?.stop();
  });

  it('is never reached while it is renewed, wherever the clock of Sluice jumps, and nobody is alarmed', async () => {
    const alarms = new Set<string>();
    const reviews = await underReviews(plane.client, TEAM, async () => {
      for (let renewal = 0; renewal < RENEWALS; renewal += 1) {
        const before = await servedFingerprint(webhookPort);
        while ((await servedFingerprint(webhookPort)) === before) {
          for (const name of await prometheus.alerts('firing')) alarms.add(name);
          await sleep(LOOK_MS);
        }
      }
    });
    await expectTrusted('renewed', reviews);
    expect([...alarms]).to.deep.equal([]);
  });

  it('is told in time when the Secret cannot be written, and is not reached when that is mended then', async () => {
    const reviews = await underReviews(plane.client, TEAM, async () => {
      const frozen = await plane.client.request('PATCH', SECRET, { immutable: true }, 'application/merge-patch+json');
      expect(frozen.status).to.equal(200);
      await firing('SluiceCertificatesUnsettled');
      const unsettledMs = handshakes.leastLeftMs;
      await firing('SluiceCertificateExpires');
      const [unsettledDays, expiresDays] = [unsettledMs, handshakes.leastLeftMs].map(daysOf);
      told['alarms'] = { unsettledDays, expiresDays };
      const before = await servedFingerprint(webhookPort);
      // As its page says.
      expect((await plane.client.request('DELETE', SECRET)).status).to.equal(200);
      while ((await servedFingerprint(webhookPort)) === before) await sleep(LOOK_MS);
      while ((await prometheus.alerts('firing')).length > 0) await sleep(LOOK_MS);
    });
    await expectTrusted('mended', reviews);
  });

  async function firing(name: string): Promise<void> {
    while (!(await prometheus.alerts('firing')).includes(name)) await sleep(LOOK_MS);
  }

  async function expectTrusted(what: string, reviews: object): Promise<void> {
    await handshakes.end();
    const { count, leastLeftMs, refused } = handshakes;
    told[what] = { reviews, handshakes: count, leastLeftSeconds: Math.round(leastLeftMs / 1000) };
    expect(refused).to.deep.equal([]);
    expect(leastLeftMs).to.be.greaterThan(0);
    expect(reviews).to.have.property('broken', 0);
  }
});

/** The same alert where days pass within seconds; one that says nothing of times would not be shortened. */
function shortened(alert: Alert): Alert {
  const expression = alert.expression
    .replace(/\b\d{6,}\b/, (seconds) => String(Number(seconds) * SHORTER))
    .replaceAll(/\[\d+m\]/g, '[5s]');
  if (expression === alert.expression) throw new Error(`${alert.name} speaks of no time`);
  return { ...alert, expression, lasts: '1s' };
}

/** Of a certificate that lives for thirty of them. */
function daysOf(ms: number): number {
  return Math.round((10 * ms) / 1000 / SHORTER / DAY_SECONDS) / 10;
}

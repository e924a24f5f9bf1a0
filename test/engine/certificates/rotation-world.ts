import { ConfigurationKeeper } from '../../../src/engine/admission/configuration-keeper.ts';
import { CertificateKeeper } from '../../../src/engine/certificates/certificate-keeper.ts';
import type { CertificateMaker, ServingMaterial } from '../../../src/engine/certificates/certificate-maker.ts';
import { steadyBundle } from '../../../src/engine/certificates/certificates.ts';
import { MUTATING_WEBHOOKS, SECRETS, VALIDATING_WEBHOOKS } from '../../../src/api/resources.ts';
import type { ClusterWriter, WriteOutcome, WriteRequest } from '../../../src/engine/ports.ts';
import { RecordedMetrics } from '../../adapters/http/webhook-harness.ts';
import { ConfigurationStore } from '../../support/configuration-store.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { QUIET_LOG } from '../../support/quiet-log.ts';
import { paperBundle, paperIssuer, paperMaker } from './paper-certificates.ts';
import { SecretStore } from './secret-store.ts';

const CHECK_MS = 10_000;
const LIVES = { authorityMs: 1_200_000, servingMs: 150_000 };

/** A cluster with the Secrets and the configurations, and replicas whose every write waits until the test lets it through. */
export class RotationWorld {
  readonly secrets = new SecretStore();
  readonly configurations = new ConfigurationStore();
  readonly maker: CertificateMaker = paperMaker(LIVES);
  readonly replicas: (Replica | undefined)[];
  /** The API server's clock. */
  nowMs = 1_000_000;

  constructor(count: number) {
    this.replicas = Array.from({ length: count }, (_, at) => new Replica(this, `r${at}`));
  }

  /** Ends a replica without a word, or starts one in its place; what it was about to write is lost. */
  restart(at: number): void {
    this.replicas[at]?.stop();
    this.replicas[at] = new Replica(this, `r${at}`);
  }

  /** Time for the API server, and for the replicas that are named: another one is paused. */
  pass(ms: number, runs: (at: number) => boolean): void {
    this.nowMs += ms;
    for (const [at, replica] of this.replicas.entries()) if (runs(at)) replica?.clock.advance(ms);
  }

  /** What a replica serves that some configuration does not trust. */
  mistrusted(): readonly string[] {
    return this.replicas.flatMap((replica) => {
      const { served } = replica ?? {};
      if (served === undefined || this.maker.notAfterMs(served.certificatePem) <= this.nowMs) return [];
      const issuer = paperIssuer(served.certificatePem);
      const isTrusted = this.configurations.bundles().every((bundle) => bundle.split('|').includes(issuer));
      return isTrusted ? [] : [`${replica?.name} serves ${served.certificatePem}`];
    });
  }

  /** Replicas that serve a certificate whose life is over. */
  expired(): readonly string[] {
    return this.replicas.flatMap((replica) => {
      const { served } = replica ?? {};
      const isOver = served !== undefined && this.maker.notAfterMs(served.certificatePem) <= this.nowMs;
      return isOver ? [`${replica?.name} serves ${served.certificatePem}`] : [];
    });
  }

  stop(): void {
    for (const replica of this.replicas) replica?.stop();
  }
}

interface Pending {
  readonly request: WriteRequest;
  readonly resolve: (outcome: WriteOutcome) => void;
}

/** The certificates and the configurations of one process, as the command wires them. */
class Replica implements ClusterWriter {
  readonly name: string;
  readonly clock = new ManualClock();
  /** What its port serves, once it has registered: before that nobody asks it. */
  served: ServingMaterial | undefined;
  readonly #world: RotationWorld;
  readonly #pending: Pending[] = [];
  readonly #configurations: ConfigurationKeeper;
  readonly #certificates: CertificateKeeper;
  #material: ServingMaterial | undefined;
  #bundlePem = '';
  #isStopped = false;

  constructor(world: RotationWorld, name: string) {
    this.#world = world;
    this.name = name;
    const { clock } = this;
    const base = { writer: this, clock, log: QUIET_LOG };
    const configurations = new ConfigurationKeeper({ ...base, build, compose: paperBundle, keeps: 'whole' });
    this.#configurations = configurations;
    this.#certificates = new CertificateKeeper({
      ...base,
      maker: world.maker,
      namespace: 'n',
      names: { dnsNames: ['w.n.svc'], ipAddresses: [] },
      replica: name,
      trusted: configurations,
      metrics: new RecordedMetrics(),
      serverTime: () => Promise.resolve({ nowMs: world.nowMs, skewMs: 0 }),
      checkEveryMs: CHECK_MS,
      isAsked: () => this.served !== undefined,
      onBundle: (bundlePem) => this.#trust(bundlePem),
      onServe: (material) => this.#serve(material),
      onSteady: () => void configurations.trim(() => steadyBundle({ writer: this, namespace: 'n' })),
    });
  }

  write(request: WriteRequest): Promise<WriteOutcome> {
    return new Promise((resolve) => void this.#pending.push({ request, resolve }));
  }

  /** Lets its oldest write through, or loses it, on its way there or back; false when none waits. */
  async answer(fate: 'through' | 'lost' | 'unheard' = 'through'): Promise<boolean> {
    const next = this.#pending.shift();
    if (next === undefined) return false;
    const store = next.request.type === SECRETS ? this.#world.secrets : this.#world.configurations;
    const outcome = fate === 'lost' ? LOST : await store.write(next.request);
    next.resolve(fate === 'through' ? outcome : LOST);
    for (let turn = 0; turn < 40; turn += 1) await Promise.resolve();
    return true;
  }

  stop(): void {
    this.#isStopped = true;
    this.#configurations.stop();
    this.#certificates.stop();
  }

  #trust(bundlePem: string): void {
    this.#bundlePem = bundlePem;
    if (this.served !== undefined) void this.#configurations.register(bundlePem);
  }

  #serve(material: ServingMaterial): void {
    const isFirst = this.#material === undefined;
    this.#material = material;
    if (!isFirst) {
      if (this.served !== undefined) this.served = material;
      return;
    }
    void this.#configurations.register(this.#bundlePem).then(() => {
      if (!this.#isStopped) this.served = this.#material;
    });
  }
}

const LOST: WriteOutcome = Object.freeze({ kind: 'unknown', message: 'the connection broke' });

const TYPES = [VALIDATING_WEBHOOKS, MUTATING_WEBHOOKS];

function build(caBundle: string): ReturnType<ConstructorParameters<typeof ConfigurationKeeper>[0]['build']> {
  return TYPES.map((type) => ({
    type,
    object: {
      metadata: { name: 'sluice' },
      webhooks: ['one', 'two'].map((name) => ({ name, clientConfig: { url: `https://w.n.svc/${name}`, caBundle } })),
    },
  }));
}

import { hostname } from 'node:os';
import { builtInCertificates } from '../adapters/certificates.ts';
import { composeBundle } from '../../certs/bundle.ts';
import { ConfigurationKeeper } from '../engine/admission/configuration-keeper.ts';
import type { ConfigurationKeeperOptions } from '../engine/admission/configuration-keeper.ts';
import { CertificateKeeper } from '../engine/certificates/certificate-keeper.ts';
import type { ServingMaterial } from '../engine/certificates/certificate-maker.ts';
import { steadyBundle } from '../engine/certificates/certificates.ts';
import { askServerTime } from '../engine/certificates/server-clock.ts';
import type { Clock, ClusterWriter, Logger, Metrics } from '../engine/ports.ts';
import type { VersionedKind } from '../../webhooks/frameworks/versioned-kind.ts';
import { rowsFor } from './admission-rows.ts';
import { configurationsOf } from './install.ts';
import type { ServeOptions } from './serve-options.ts';
import { servedNames } from './serving-address.ts';

interface ServingCertificatesOptions {
  readonly options: ServeOptions;
  readonly ownUser: string;
  readonly writer: ClusterWriter;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Workload kinds that the cluster serves. */
  readonly served: () => readonly VersionedKind[];
  /** Called with what to serve from now on, but for the first. */
  readonly onServe: (material: ServingMaterial, judgedMs: number) => void;
}

/** What is served first, and the time by which it was judged. */
interface FirstMaterial {
  readonly material: ServingMaterial;
  readonly judgedMs: number;
}

/** The serving certificate of this process and the configurations that trust it: each waits for the other where it has to. */
export class ServingCertificates {
  readonly first: Promise<FirstMaterial>;
  isRegistered = false;
  #bundlePem = '';
  readonly #configurations: ConfigurationKeeper;
  readonly #certificates: CertificateKeeper;

  constructor(context: ServingCertificatesOptions) {
    const { options, writer, clock, log, metrics } = context;
    const { namespace } = options;
    const configurations = keeperOf(context);
    const first = Promise.withResolvers<FirstMaterial>();
    this.first = first.promise;
    let hasFirst = false;
    this.#configurations = configurations;
    this.#certificates = new CertificateKeeper({
      writer,
      maker: builtInCertificates(options.lives),
      namespace,
      names: servedNames(options),
      replica: `${hostname()}-${options.webhookPort}`.slice(-MAX_NAME),
      trusted: configurations,
      clock,
      log,
      metrics,
      checkEveryMs: options.certificateCheckMs,
      serverTime: () => askServerTime(writer, clock),
      onBundle: (bundlePem) => this.#trust(bundlePem),
      onServe: (material, judgedMs) => {
        first.resolve({ material, judgedMs });
        if (hasFirst) context.onServe(material, judgedMs);
        hasFirst = true;
      },
      onSteady: () => void configurations.trim(() => steadyBundle({ writer, namespace })),
    });
  }

  /** Tells the API server to ask, once what it will reach serves. */
  async register(): Promise<void> {
    this.isRegistered = true;
    await this.#configurations.register(this.#bundlePem);
  }

  /** The cluster serves other kinds. */
  renew(): void {
    this.#configurations.renew();
  }

  stop(): void {
    this.#certificates.stop();
    this.#configurations.stop();
  }

  #trust(bundlePem: string): void {
    this.#bundlePem = bundlePem;
    if (this.isRegistered) void this.#configurations.register(bundlePem);
  }
}

/** Of a part of an annotation's key. */
const MAX_NAME = 63;

function keeperOf({ options, ownUser, writer, clock, log, served }: ServingCertificatesOptions): ConfigurationKeeper {
  return new ConfigurationKeeper({
    writer,
    clock,
    log,
    build: (caBundle) => configurationsOf(options, rowsFor(served(), options.volcano !== undefined), ownUser, caBundle),
    compose: composeBundle,
    keeps: keptOf(options),
  });
}

function keptOf({ install, keepsWebhooks }: ServeOptions): ConfigurationKeeperOptions['keeps'] {
  if (install) return 'whole';
  return keepsWebhooks ? 'entries' : 'bundle';
}

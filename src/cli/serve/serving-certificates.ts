import { hostname } from 'node:os';
import { INJECT_CA_FROM_ANNOTATION } from '../../api/keys.ts';
import { readCertificateFolder } from '../../adapters/certificate-folder.ts';
import { builtInCertificates } from '../../adapters/certificates.ts';
import { composeBundle } from '../../../certs/bundle.ts';
import { isVouchedFor } from '../../../certs/renewal.ts';
import { ConfigurationKeeper } from '../../engine/admission/configuration-keeper.ts';
import type { ConfigurationKeeperOptions, Injection } from '../../engine/admission/configuration-keeper.ts';
import { certificateTrouble } from '../../engine/certificates/certificate-view.ts';
import { CertificateKeeper } from '../../engine/certificates/certificate-keeper.ts';
import type { ServingMaterial } from '../../engine/certificates/certificate-maker.ts';
import { FolderKeeper } from '../../engine/certificates/folder-keeper.ts';
import { steadyBundle } from '../../engine/certificates/certificates.ts';
import { askServerTime } from '../../engine/certificates/server-clock.ts';
import type { Clock, ClusterWriter, Logger, Metrics } from '../../engine/ports.ts';
import type { VersionedKind } from '../../../webhooks/frameworks/versioned-kind.ts';
import { rowsFor } from './admission-rows.ts';
import { lookAtCertificate } from '../cluster/certificate-look.ts';
import { configurationsOf } from '../install.ts';
import { Look } from '../cluster/look.ts';
import type { ServeOptions } from './serve-options.ts';
import { dialledNames, servedNames } from './serving-address.ts';

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
  /** What was handed over last; the authority beside it may be an older one. */
  served: ServingMaterial | undefined;
  #bundlePem = '';
  readonly #configurations: ConfigurationKeeper;
  readonly #certificates: { stop(): void };

  constructor(context: ServingCertificatesOptions) {
    const first = Promise.withResolvers<FirstMaterial>();
    this.first = first.promise;
    this.#configurations = keeperOf(context, (bundlePem) => isVouchedFor(this.served?.certificatePem ?? '', bundlePem));
    let hasFirst = false;
    const onServe = (material: ServingMaterial, judgedMs: number): void => {
      this.served = material;
      first.resolve({ material, judgedMs });
      if (hasFirst) context.onServe(material, judgedMs);
      hasFirst = true;
    };
    const { certificateFolder } = context.options;
    this.#certificates =
      certificateFolder === undefined
        ? this.#builtIn(context, onServe)
        : mounted(certificateFolder, context, this.#configurations, onServe);
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

  #builtIn(context: ServingCertificatesOptions, onServe: OnServe): CertificateKeeper {
    const { options, writer, clock } = context;
    const { namespace } = options;
    return new CertificateKeeper({
      ...shared(context, onServe),
      writer,
      namespace,
      replica: `${hostname()}-${options.webhookPort}`.slice(-MAX_NAME),
      trusted: this.#configurations,
      serverTime: () => askServerTime(writer, clock),
      isAsked: () => this.isRegistered,
      onBundle: (bundlePem) => this.#trust(bundlePem),
      onSteady: () => void this.#configurations.trim(() => steadyBundle({ writer, namespace })),
    });
  }

  #trust(bundlePem: string): void {
    this.#bundlePem = bundlePem;
    if (this.isRegistered) void this.#configurations.register(bundlePem);
  }
}

type OnServe = ServingCertificatesOptions['onServe'];

function mounted(
  folder: string,
  context: ServingCertificatesOptions,
  trusted: ConfigurationKeeper,
  onServe: OnServe,
): FolderKeeper {
  const { writer, clock } = context;
  return new FolderKeeper({
    ...shared(context, onServe),
    names: dialledNames(context.options),
    read: () => readCertificateFolder(folder),
    trusted,
    issuersWords: () => issuersWords(writer, context.options),
    serverTime: async () => (await askServerTime(writer, clock)).nowMs,
  });
}

/** Of cert-manager, where it was said which Certificate is mounted; nothing where we may not read that. */
async function issuersWords(writer: ClusterWriter, { injectCaFrom }: ServeOptions): Promise<string> {
  if (injectCaFrom === undefined) return '';
  const read = await lookAtCertificate(new Look(writer), injectCaFrom);
  return read.kind === 'read' ? certificateTrouble(read.value) : '';
}

/** What both kinds of certificates take. */
function shared(
  { options, clock, log, metrics }: ServingCertificatesOptions,
  onServe: OnServe,
): Pick<
  ConstructorParameters<typeof CertificateKeeper>[0],
  'maker' | 'names' | 'clock' | 'log' | 'metrics' | 'onServe' | 'checkEveryMs'
> {
  const checkEveryMs = options.certificateCheckMs;
  return {
    maker: builtInCertificates(options.lives),
    names: servedNames(options),
    clock,
    log,
    metrics,
    onServe,
    checkEveryMs,
  };
}

/** Of a part of an annotation's key. */
const MAX_NAME = 63;

function keeperOf(
  { options, ownUser, writer, clock, log, served }: ServingCertificatesOptions,
  isVouched: Injection['isVouchedFor'],
): ConfigurationKeeper {
  return new ConfigurationKeeper({
    writer,
    clock,
    log,
    build: (caBundle) => configurationsOf(options, rowsFor(served(), options.volcano !== undefined), ownUser, caBundle),
    compose: composeBundle,
    keeps: keptOf(options),
    injection: injectionOf(options, isVouched),
  });
}

function keptOf({ install, keepsWebhooks }: ServeOptions): ConfigurationKeeperOptions['keeps'] {
  if (install) return 'whole';
  return keepsWebhooks ? 'entries' : 'bundle';
}

/** Who fills in the authority where certificates are somebody else's. */
function injectionOf(
  { certificateFolder, injectCaFrom }: ServeOptions,
  isVouched: Injection['isVouchedFor'],
): Injection | undefined {
  if (certificateFolder === undefined) return undefined;
  const annotations = injectCaFrom === undefined ? {} : { [INJECT_CA_FROM_ANNOTATION]: injectCaFrom };
  return { annotations, isVouchedFor: isVouched };
}

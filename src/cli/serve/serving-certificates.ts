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
import type { FolderKeeperOptions } from '../../engine/certificates/folder-keeper.ts';
import { readStored } from '../../engine/certificates/serving-secret.ts';
import { steadyBundle } from '../../engine/certificates/certificates.ts';
import { askServerTime } from '../../engine/certificates/server-clock.ts';
import type { Clock, ClusterWriter, Logger, Metrics } from '../../engine/ports.ts';
import type { VersionedKind } from '../../../webhooks/frameworks/versioned-kind.ts';
import { rowsFor } from './admission-rows.ts';
import { lookAtCertificate } from '../cluster/certificate-look.ts';
import { configurationsOf } from '../webhook-configurations.ts';
import { Look } from '../cluster/look.ts';
import { makesCertificates, registersOthers } from './duties.ts';
import type { ServeOptions } from './serve-options.ts';
import { dialledNames, servedNames } from './serving-address.ts';

/** What the webhook configurations are kept by. */
interface ConfigurationContext {
  readonly options: ServeOptions;
  /** Who binds pods, and is not asked about. */
  readonly ownUser: string;
  readonly writer: ClusterWriter;
  readonly clock: Clock;
  readonly log: Logger;
  /** Workload kinds that the cluster serves. */
  readonly served: () => readonly VersionedKind[];
}

interface ServingCertificatesOptions extends ConfigurationContext {
  readonly metrics: Metrics;
  /** Called with what to serve from now on, but for the first. */
  readonly onServe: (material: ServingMaterial, judgedMs: number) => void;
}

/** What is served first, and the time by which it was judged. */
interface FirstMaterial {
  readonly material: ServingMaterial;
  readonly judgedMs: number;
}

/**
 * The serving certificate of this process and the configurations that trust it: each waits for the other where it has to. A process
 * that serves no webhooks keeps both for those that do.
 */
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
    // Who serves looks at whom the bundle vouches for; here it has to be there.
    const isVouched = registersOthers(context.options)
      ? (bundlePem: string) => bundlePem !== ''
      : (bundlePem: string) => isVouchedFor(this.served?.certificatePem ?? '', bundlePem);
    this.#configurations = keeperOf(context, isVouched);
    let hasFirst = false;
    const onServe = (material: ServingMaterial, judgedMs: number): void => {
      this.served = material;
      first.resolve({ material, judgedMs });
      if (hasFirst) context.onServe(material, judgedMs);
      hasFirst = true;
    };
    this.#certificates = this.#keeper(context, onServe);
  }

  /** Tells the API server to ask, once what it will reach serves. */
  async register(): Promise<void> {
    this.isRegistered = true;
    await this.#configurations.register(this.#bundlePem);
  }

  /** The API server asks already, whoever answers. */
  async isAsked(): Promise<boolean> {
    return ((await this.#configurations.read()) ?? []).length > 0;
  }

  /** Wherever the API server asks, it trusts what is served; also where it does not ask yet. */
  async isTrusted(): Promise<boolean> {
    const { certificatePem = '', bundlePem = '' } = this.served ?? {};
    const trusted = await this.#configurations.read();
    return (
      trusted !== undefined && (bundlePem === '' || trusted.every((bundle) => isVouchedFor(certificatePem, bundle)))
    );
  }

  /** The cluster serves other kinds. */
  renew(): void {
    this.#configurations.renew();
  }

  stop(): void {
    this.#certificates.stop();
    this.#configurations.stop();
  }

  #keeper(context: ServingCertificatesOptions, onServe: OnServe): { stop(): void } {
    const { options, writer } = context;
    const { certificateFolder, isReadOnly, namespace } = options;
    const trusted = this.#configurations;
    if (makesCertificates(options)) return this.#builtIn(context, onServe);
    if (certificateFolder !== undefined)
      return found(context, {
        read: () => readCertificateFolder(certificateFolder),
        remedies: MOUNTED,
        trusted,
        onServe,
      });
    if (isReadOnly)
      return found(context, { read: () => readStored({ writer, namespace }), remedies: STORED, trusted, onServe });
    return NOBODY;
  }

  #builtIn(context: ServingCertificatesOptions, onServe: OnServe): CertificateKeeper {
    const { options, writer, clock } = context;
    const { namespace } = options;
    return new CertificateKeeper({
      ...shared(context, onServe),
      writer,
      namespace,
      replica: registersOthers(options) ? undefined : `${hostname()}-${options.webhookPort}`.slice(-MAX_NAME),
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

/** A certificate of somebody else: where it is, and what to do about it. */
type Found = Pick<FolderKeeperOptions, 'read' | 'remedies' | 'trusted'> & { readonly onServe: OnServe };

function found(context: ServingCertificatesOptions, { onServe, ...where }: Found): FolderKeeper {
  const { writer, clock } = context;
  return new FolderKeeper({
    ...shared(context, onServe),
    ...where,
    names: dialledNames(context.options),
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

/** cert-manager makes it, and others serve by it. */
const NOBODY = { stop: (): void => undefined };

const MOUNTED: Found['remedies'] = {
  unusable: 'look at the Certificate whose Secret is mounted: kubectl describe certificate',
  mistrusted:
    'the annotation cert-manager.io/inject-ca-from has to name that Certificate, and cainjector has to run: kubectl get pods -n cert-manager',
};

const STORED: Found['remedies'] = {
  unusable: 'the scheduler of this installation makes it: look at its log for certificates',
  mistrusted: 'the scheduler of this installation keeps them: look at its log for the webhook configuration',
};

/** Of a part of an annotation's key. */
const MAX_NAME = 63;

/** `isVouched` says whether a bundle vouches for what is served. */
function keeperOf(
  { options, ownUser, writer, clock, log, served }: ConfigurationContext,
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
  if (certificateFolder === undefined && injectCaFrom === undefined) return undefined;
  const annotations = injectCaFrom === undefined ? {} : { [INJECT_CA_FROM_ANNOTATION]: injectCaFrom };
  return { annotations, isVouchedFor: isVouched };
}

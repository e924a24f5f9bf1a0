import type { OwnConfiguration } from '../../../webhooks/configurations.ts';
import { INJECT_CA_FROM_ANNOTATION } from '../../api/keys.ts';
import { apiVersion } from '../../api/resources.ts';
import type { ResourceType } from '../../api/resources.ts';
import { arrayAt, covers, isJsonObject, member, memberAt, objectAt, stringAt } from '../../lib/json.ts';
import type { JsonObject, JsonValue } from '../../lib/json.ts';
import type { Clock, ClusterWriter, Logger, WriteOutcome, WriteRequest } from '../ports.ts';

export interface ConfigurationKeeperOptions {
  readonly writer: ClusterWriter;
  readonly clock: Clock;
  readonly log: Logger;
  /** What the configurations should be with this bundle (base64 of PEM), in the order in which they are written. */
  readonly build: (caBundle: string) => readonly OwnConfiguration[];
  /** One bundle of all certificates of some PEM texts, each once, in their order. */
  readonly compose: (pems: readonly string[]) => string;
  /**
   * `whole`: makes the configurations and repairs whatever somebody changed. `entries`: others install them empty and take them
   * away, and what is in them is ours. `bundle`: they were installed by others, and only the authorities in entries that point
   * at us are ours to keep.
   */
  readonly keeps: 'whole' | 'entries' | 'bundle';
  /** Somebody else fills in `caBundle`: it is never written. */
  readonly injection?: Injection | undefined;
}

export interface Injection {
  /** What a configuration of our making gets, so that it is filled in. */
  readonly annotations: Readonly<Record<string, string>>;
  /** Whether the bundle, a PEM text, vouches for what is served. */
  readonly isVouchedFor: (bundlePem: string) => boolean;
}

/** How often they are looked at: a deleted configuration is a door that stands open. */
const CHECK_EVERY_MS = 3000;
const FIRST_RETRY_MS = 500;
/** Owner of the field `caBundle`, so that who installs or upgrades the configurations need not know it. */
const BUNDLE_MANAGER = 'sluice-certificates';
const INJECTED = ['metadata', 'annotations', INJECT_CA_FROM_ANNOTATION];

/** `waiting`: for whoever fills in the authority. */
type Step = 'kept' | 'written' | 'elsewhere' | 'waiting' | 'failed';

/**
 * Keeps the webhook configurations as they should be while this process runs: what is edited or deleted is put back,
 * what failed is tried again, and a new authority is told before anybody serves with it. Configurations that point at
 * another process are its own; only a start takes them over.
 *
 * A replica that slept knows an old bundle. So authorities are only ever added; they are taken away by `trim` alone, on what
 * was read after the configuration was.
 */
export class ConfigurationKeeper {
  readonly #options: ConfigurationKeeperOptions;
  #bundlePem = '';
  /** Since when all of them were seen to carry the bundle, on the monotonic clock. */
  #carriedSinceMs: number | undefined;
  #isAsked = false;
  #hasRegistered = false;
  #isStopped = false;
  /** How often what they should be has changed, and how many of those changes they carry. */
  #renewals = 0;
  #keptRenewals = 0;
  #isChecking = false;
  #cancel = (): void => undefined;
  /** Of whoever waits for the configurations to carry the newest bundle. */
  #waiting: (() => void)[] = [];
  #checking: Promise<void> | undefined;

  constructor(options: ConfigurationKeeperOptions) {
    this.#options = options;
  }

  /** Takes a bundle and resolves once the configurations carry it; it is tried until then. */
  register(bundlePem: string): Promise<void> {
    if (bundlePem !== this.#bundlePem) this.#carriedSinceMs = undefined;
    this.#bundlePem = bundlePem;
    this.#isAsked = true;
    const done = new Promise<void>((resolve) => void this.#waiting.push(resolve));
    this.#cancel();
    void this.#round(FIRST_RETRY_MS);
    return done;
  }

  /** For how long they were seen to carry all of the bundle that is registered; undefined: not, or it is another one. */
  carriedMs(bundlePem: string): number | undefined {
    if (bundlePem !== this.#bundlePem || this.#carriedSinceMs === undefined) return undefined;
    return this.#options.clock.monotonicMs() - this.#carriedSinceMs;
  }

  /** The bundles that they carry now; undefined when they cannot be read. */
  async read(): Promise<readonly string[] | undefined> {
    const found: string[] = [];
    for (const { type, object } of this.#options.build('')) {
      const read = await this.#send(type, nameOf(object), 'get', undefined);
      if (read.kind !== 'done' && read.kind !== 'notFound') return undefined;
      if (read.kind === 'done' && sameAddress(read.object, object)) found.push(...bundlesOf(read.object));
    }
    return found;
  }

  /** Takes away what is trusted beyond the bundle. It is asked for after each configuration was read; undefined keeps all. */
  async trim(fresh: () => Promise<string | undefined>): Promise<void> {
    if (this.#isStopped || !this.#hasRegistered) return;
    for (const { type, object } of this.#options.build('')) {
      const read = await this.#send(type, nameOf(object), 'get', undefined);
      const found = read.kind === 'done' ? read.object : undefined;
      if (found === undefined || !sameAddress(found, object)) continue;
      if (bundlesOf(found).every((bundle) => bundle === this.#bundlePem)) continue;
      const bundlePem = await fresh();
      if (bundlePem === undefined || bundlesOf(found).every((bundle) => bundle === bundlePem)) continue;
      await this.#applyBundle(type, found, bundlePem);
    }
  }

  /** They should be different from now on: builds them anew and writes them at once. */
  renew(): void {
    this.#renewals += 1;
    if (!this.#isAsked || this.#isChecking || this.#isStopped) return;
    this.#cancel();
    this.#cancel = this.#options.clock.after(0, () => void this.#round(FIRST_RETRY_MS));
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancel();
  }

  async #round(retryMs: number): Promise<void> {
    await this.#checking;
    if (this.#isStopped) return;
    const bundle = this.#bundlePem;
    const renewals = this.#renewals;
    let isKept = false;
    this.#isChecking = true;
    this.#checking = this.#check().then(
      (kept) => void (isKept = kept),
      (error: unknown) => this.#options.log.error('webhook configurations failed inside', { message: String(error) }),
    );
    await this.#checking;
    this.#isChecking = false;
    if (isKept) this.#keptRenewals = renewals;
    if (isKept && bundle === this.#bundlePem) this.#settle();
    if (this.#isStopped) return;
    const keptMs = renewals === this.#renewals ? CHECK_EVERY_MS : 0;
    const delayMs = isKept ? keptMs : Math.min(retryMs, CHECK_EVERY_MS);
    this.#cancel();
    this.#cancel = this.#options.clock.after(delayMs, () => void this.#round(isKept ? FIRST_RETRY_MS : 2 * retryMs));
  }

  #settle(): void {
    this.#hasRegistered = true;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }

  async #check(): Promise<boolean> {
    const bundle = this.#bundlePem;
    const steps: Step[] = [];
    for (const { type, object } of this.#options.build(btoa(bundle))) steps.push(await this.#keep(type, object));
    const isKept = !steps.includes('failed') && !steps.includes('waiting');
    if (!isKept || bundle !== this.#bundlePem) this.#carriedSinceMs = undefined;
    else if (steps.includes('written')) this.#carriedSinceMs = this.#options.clock.monotonicMs();
    else this.#carriedSinceMs ??= this.#options.clock.monotonicMs();
    return isKept;
  }

  async #keep(type: ResourceType, wanted: JsonObject): Promise<Step> {
    const read = await this.#send(type, nameOf(wanted), 'get', undefined);
    if (read.kind === 'notFound') return this.#make(type, wanted);
    if (read.kind !== 'done' || read.object === undefined) return this.#failed('read', type, read);
    const found = read.object;
    // An empty one is nobody's yet.
    const isOurs = arrayAt(found, 'webhooks').length === 0 || sameAddress(found, wanted);
    if (!isOurs && (this.#options.keeps === 'bundle' || this.#hasRegistered)) return 'elsewhere';
    const bundlePem = isOurs || this.#isInjected ? this.#trusted(found) : this.#bundlePem;
    const webhooks = arrayAt(wanted, 'webhooks').map((one) => withBundle(one, btoa(bundlePem)));
    if (this.#options.keeps !== 'bundle' && !covers(rulesOf(found), rulesOf({ webhooks }))) {
      this.#tellChange(type);
      return this.#patch(type, found, webhooks);
    }
    if (this.#isInjected) return this.#awaits(found) ? 'waiting' : 'kept';
    if (bundlesOf(found).every((bundle) => bundle === bundlePem)) return 'kept';
    return this.#applyBundle(type, found, bundlePem);
  }

  get #isInjected(): boolean {
    return this.#options.injection !== undefined;
  }

  /** Whether somebody is still to fill in an authority: then the API server could not ask yet. */
  #awaits(configuration: JsonObject): boolean {
    const { injection } = this.#options;
    if (injection === undefined || stringAt(configuration, INJECTED) === '') return false;
    return !bundlesOf(configuration).every((bundle) => injection.isVouchedFor(bundle));
  }

  /** What is trusted already, when that is the same everywhere and all of ours is in it; else both together. */
  #trusted(found: JsonObject): string {
    const { compose } = this.#options;
    const [first = '', ...others] = bundlesOf(found);
    if (this.#isInjected) return first;
    const both = compose([this.#bundlePem, first, ...others]);
    const hasAll = first !== '' && others.every((one) => one === first) && compose([first, both]) === compose([first]);
    return hasAll ? first : both;
  }

  #tellChange({ kind }: ResourceType): void {
    const { log } = this.#options;
    if (this.#keptRenewals !== this.#renewals)
      log.info('a webhook configuration follows what the cluster serves', { type: kind });
    else if (this.#hasRegistered) log.warn('somebody changed a webhook configuration: it is put back', { type: kind });
  }

  async #make(type: ResourceType, wanted: JsonObject): Promise<Step> {
    if (this.#options.keeps !== 'whole') return 'kept';
    if (this.#hasRegistered)
      this.#options.log.warn('a webhook configuration is gone: it is made again', { type: type.kind });
    const { injection } = this.#options;
    const metadata = {
      ...objectAt(wanted, 'metadata'),
      ...(injection === undefined ? {} : { annotations: injection.annotations }),
    };
    const made = { ...wanted, metadata };
    const outcome = await this.#send(type, nameOf(wanted), 'create', made);
    if (outcome.kind !== 'done') return this.#failed('create', type, outcome);
    return this.#awaits(made) ? 'waiting' : 'written';
  }

  async #patch(type: ResourceType, found: JsonObject, webhooks: JsonValue): Promise<Step> {
    const body = { metadata: { resourceVersion: versionOf(found) }, webhooks };
    const outcome = await this.#send(type, nameOf(found), 'mergePatch', body);
    if (outcome.kind !== 'done') return this.#failed('patch', type, outcome);
    return this.#awaits({ ...found, webhooks }) ? 'waiting' : 'written';
  }

  /** That field and no other, by a manager of its own. */
  async #applyBundle(type: ResourceType, found: JsonObject, bundlePem: string): Promise<Step> {
    const caBundle = btoa(bundlePem);
    const body = {
      apiVersion: apiVersion(type),
      kind: type.kind,
      metadata: { name: nameOf(found), resourceVersion: versionOf(found) },
      webhooks: arrayAt(found, 'webhooks').map((one) => ({
        name: stringAt(one, ['name']),
        clientConfig: { caBundle },
      })),
    };
    const outcome = await this.#send(type, nameOf(found), 'apply', body);
    return outcome.kind === 'done' ? 'written' : this.#failed('apply', type, outcome);
  }

  #failed(act: string, type: ResourceType, outcome: WriteOutcome): Step {
    const message = 'message' in outcome ? outcome.message : outcome.kind;
    this.#options.log.warn('a webhook configuration could not be kept', { act, type: type.kind, message });
    return 'failed';
  }

  #send(
    type: ResourceType,
    name: string,
    verb: WriteRequest['verb'],
    body: JsonObject | undefined,
  ): Promise<WriteOutcome> {
    const base = { verb, type, namespace: '', name, subresource: '', body, lane: 'decision' } as const;
    return this.#options.writer.write({ ...base, ...(verb === 'apply' ? { manager: BUNDLE_MANAGER } : {}) });
  }
}

function nameOf(configuration: JsonObject): string {
  return stringAt(configuration, ['metadata', 'name']);
}

function versionOf(configuration: JsonObject): string {
  return stringAt(configuration, ['metadata', 'resourceVersion']);
}

/** The bundle of each entry, as PEM. */
function bundlesOf(configuration: JsonObject | undefined): readonly string[] {
  return arrayAt(configuration, 'webhooks').map((one) => fromBase64(stringAt(one, ['clientConfig', 'caBundle'])));
}

function fromBase64(text: string): string {
  try {
    return atob(text);
  } catch {
    return '';
  }
}

/** The entries without what they trust. */
function rulesOf(configuration: { readonly webhooks?: JsonValue }): JsonValue {
  return arrayAt(configuration, 'webhooks').map((one) => withBundle(one, ''));
}

/** Both send their reviews to one place, whatever the paths: one process by URL, or the replicas behind one Service. */
function sameAddress(found: JsonObject | undefined, wanted: JsonObject): boolean {
  const [theirs, ours] = [found, wanted].map((one) => addressOf(arrayAt(one, 'webhooks')[0]));
  return theirs === ours;
}

function addressOf(webhook: JsonValue | undefined): string {
  const url = stringAt(webhook, ['clientConfig', 'url']);
  // Up to the path.
  if (url !== '') return /^[a-z]+:\/\/[^/]*/.exec(url)?.[0] ?? url;
  const service = memberAt(webhook, 'clientConfig', 'service');
  return `${stringAt(service, ['namespace'])}/${stringAt(service, ['name'])}`;
}

function withBundle(webhook: JsonValue, caBundle: string): JsonValue {
  if (!isJsonObject(webhook)) return webhook;
  const clientConfig = member(webhook, 'clientConfig');
  return { ...webhook, clientConfig: { ...(isJsonObject(clientConfig) ? clientConfig : {}), caBundle } };
}

import type { OwnConfiguration } from '../../../webhooks/configurations.ts';
import type { ResourceType } from '../../api/resources.ts';
import { arrayAt, covers, isJsonObject, member, memberAt, stringAt } from '../../lib/json.ts';
import type { JsonObject, JsonValue } from '../../lib/json.ts';
import type { Clock, ClusterWriter, Logger, WriteOutcome, WriteRequest } from '../ports.ts';

export interface ConfigurationKeeperOptions {
  readonly writer: ClusterWriter;
  readonly clock: Clock;
  readonly log: Logger;
  /** What the configurations should be with this bundle (base64 of PEM), in the order in which they are written. */
  readonly build: (caBundle: string) => readonly OwnConfiguration[];
  /**
   * `whole`: makes the configurations and repairs whatever somebody changed. `entries`: others install them empty and take them
   * away, and what is in them is ours. `bundle`: they were installed by others, and only the authorities in entries that point
   * at us are ours to keep.
   */
  readonly keeps: 'whole' | 'entries' | 'bundle';
}

/** How often they are looked at: a deleted configuration is a door that stands open. */
const CHECK_EVERY_MS = 3000;
const FIRST_RETRY_MS = 500;

type Step = 'kept' | 'elsewhere' | 'failed';

/**
 * Keeps the webhook configurations as they should be while this process runs: what is edited or deleted is put back,
 * what failed is tried again, and a new authority is told before anybody serves with it. Configurations that point at
 * another process are its own; only a start takes them over.
 */
export class ConfigurationKeeper {
  readonly #options: ConfigurationKeeperOptions;
  #caBundle = '';
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
  register(caBundle: string): Promise<void> {
    this.#caBundle = caBundle;
    const done = new Promise<void>((resolve) => void this.#waiting.push(resolve));
    this.#cancel();
    void this.#round(FIRST_RETRY_MS);
    return done;
  }

  /** They should be different from now on: builds them anew and writes them at once. */
  renew(): void {
    this.#renewals += 1;
    if (this.#caBundle === '' || this.#isChecking || this.#isStopped) return;
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
    const bundle = this.#caBundle;
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
    if (isKept && bundle === this.#caBundle) this.#settle();
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
    const steps: Step[] = [];
    for (const { type, object } of this.#options.build(this.#caBundle)) steps.push(await this.#keep(type, object));
    return steps.every((step) => step !== 'failed');
  }

  async #keep(type: ResourceType, wanted: JsonObject): Promise<Step> {
    const name = stringAt(wanted, ['metadata', 'name']);
    const read = await this.#send(type, name, 'get', undefined);
    if (read.kind === 'notFound') return this.#make(type, name, wanted);
    if (read.kind !== 'done' || read.object === undefined) return this.#failed('read', type, read);
    const found = read.object;
    // An empty one is nobody's yet.
    const isOurs = arrayAt(found, 'webhooks').length === 0 || sameAddress(found, wanted);
    if (this.#options.keeps === 'bundle') return isOurs ? this.#keepBundle(type, name, found) : 'kept';
    if (!isOurs && this.#hasRegistered) return 'elsewhere';
    if (isOurs && covers(member(found, 'webhooks'), member(wanted, 'webhooks'))) return 'kept';
    this.#tellChange(type);
    return this.#patch(type, name, found, member(wanted, 'webhooks') ?? []);
  }

  #tellChange({ kind }: ResourceType): void {
    const { log } = this.#options;
    if (this.#keptRenewals !== this.#renewals)
      log.info('a webhook configuration follows what the cluster serves', { type: kind });
    else if (this.#hasRegistered) log.warn('somebody changed a webhook configuration: it is put back', { type: kind });
  }

  async #make(type: ResourceType, name: string, wanted: JsonObject): Promise<Step> {
    if (this.#options.keeps !== 'whole') return 'kept';
    if (this.#hasRegistered)
      this.#options.log.warn('a webhook configuration is gone: it is made again', { type: type.kind });
    const outcome = await this.#send(type, name, 'create', wanted);
    return outcome.kind === 'done' ? 'kept' : this.#failed('create', type, outcome);
  }

  #keepBundle(type: ResourceType, name: string, found: JsonObject): Promise<Step> | Step {
    const webhooks = arrayAt(found, 'webhooks');
    const isCurrent = webhooks.every((one) => stringAt(one, ['clientConfig', 'caBundle']) === this.#caBundle);
    if (isCurrent) return 'kept';
    return this.#patch(
      type,
      name,
      found,
      webhooks.map((one) => withBundle(one, this.#caBundle)),
    );
  }

  async #patch(type: ResourceType, name: string, found: JsonObject, webhooks: JsonValue): Promise<Step> {
    const resourceVersion = stringAt(found, ['metadata', 'resourceVersion']);
    const outcome = await this.#send(type, name, 'mergePatch', { metadata: { resourceVersion }, webhooks });
    return outcome.kind === 'done' ? 'kept' : this.#failed('patch', type, outcome);
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
    return this.#options.writer.write({ verb, type, namespace: '', name, subresource: '', body, lane: 'decision' });
  }
}

/** Both send their reviews to one place, whatever the paths: one process by URL, or the replicas behind one Service. */
function sameAddress(found: JsonObject, wanted: JsonObject): boolean {
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

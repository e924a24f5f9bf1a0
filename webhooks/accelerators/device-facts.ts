import { isSpelled, spellingsOf, wordsOf } from '../../src/api/accelerators/device-model.ts';
import { quantityToUnits } from '../../src/lib/quantity.ts';
import type {
  AcceleratorVendor,
  ClaimOffer,
  DeviceLabel,
  DeviceModel,
  DeviceOffer,
  MemoryLabel,
} from '../../src/api/accelerators/catalogue/vendor.ts';
import type { NodeKind } from './inventory.ts';

/** What a kind of nodes says of one vendor's devices. */
export interface DeviceFacts {
  readonly kind: NodeKind;
  /** The resource that counts the devices, without a `*`. */
  readonly resource: string;
  readonly amount: number;
  /** What names the model: the first label that does, else the resource. */
  readonly product: string;
  /** The words of the product, in lower case. */
  readonly words: readonly string[];
  readonly model: DeviceModel | undefined;
  /** Of one device, MiB; 0 where nobody says. */
  readonly memoryMib: number;
  /** Pods that share one device; 1 where none do. */
  readonly replicas: number;
  /** Devices are cut into slices that count as devices. */
  readonly isSliced: boolean;
}

/** Reads the labels of the kind as the vendor writes them. */
export function deviceFacts(
  vendor: AcceleratorVendor,
  offer: DeviceOffer,
  resource: string,
  kind: NodeKind,
): DeviceFacts {
  const told = offer.claim === undefined ? vendor : toldByDriver(offer.claim);
  const product = offer.model ?? productOf(told.modelLabels, kind) ?? (offer.resource.includes('*') ? resource : '');
  const words = wordsOf(product);
  const model = vendor.models.find(
    (known) => known.name === offer.model || spellingsOf(known).some((spelling) => isSpelled(words, spelling)),
  );
  return {
    kind,
    resource,
    amount: kind.resources.get(resource) ?? 0,
    product,
    words,
    model,
    // A claim asks the driver for the memory, where that tells it: nothing else counts then.
    memoryMib:
      memoryOf(told.memoryLabels, kind) ??
      (offer.claim?.memory === undefined ? (memoryInWords(words) ?? model?.memoryMib ?? 0) : 0),
    replicas: replicasOf(vendor, kind),
    isSliced: words.includes('mig'),
  };
}

/** Where a kind of claimed devices says what labels say of others. */
function toldByDriver({ driver, model, memory }: ClaimOffer): Pick<AcceleratorVendor, 'modelLabels' | 'memoryLabels'> {
  return {
    modelLabels: model === undefined ? [] : [{ key: `${driver}/${model}` }],
    memoryLabels: memory === undefined ? [] : [{ key: `${driver}/${memory}`, unit: 'Mi' }],
  };
}

/** The values of the label: one, or with values in keys as many as there are such keys. */
export function labelValues({ key, isInKey }: DeviceLabel, { labels }: NodeKind): readonly string[] {
  if (isInKey === undefined) {
    const value = labels.get(key);
    return value === undefined || value === '' ? [] : [value];
  }
  return [...labels.keys()].filter((name) => name.startsWith(key)).map((name) => name.slice(key.length));
}

/** MiB in the label's unit; undefined for what is no amount. */
function memoryValue({ unit }: MemoryLabel, text: string): number | undefined {
  if (unit === 'Mi') return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
  // AMD writes 64G for what it counts in GiB.
  const kibi = /^\d{1,6}[GMT]$/.test(text)
    ? quantityToUnits(`${text}i`, 'kibi', 'down')
    : quantityToUnits(text, 'kibi', 'down');
  return kibi === undefined || kibi <= 0 ? undefined : Math.trunc(kibi / 1024);
}

function productOf(labels: readonly DeviceLabel[], kind: NodeKind): string | undefined {
  for (const label of labels) {
    const [value] = labelValues(label, kind);
    if (value !== undefined) return value;
  }
  return undefined;
}

/** The least, where a node says several. */
function memoryOf(labels: readonly MemoryLabel[], kind: NodeKind): number | undefined {
  for (const label of labels) {
    const values = labelValues(label, kind).flatMap((text) => memoryValue(label, text) ?? []);
    if (values.length > 0) return Math.min(...values);
  }
  return undefined;
}

/** `A100-SXM4-80GB` says so itself. */
export function memoryInWords(words: readonly string[]): number | undefined {
  const found = words.flatMap((word) => /^(\d{1,4})gb$/.exec(word)?.[1] ?? []);
  return found.length === 0 ? undefined : Number(found.at(-1)) * 1024;
}

function replicasOf({ sharing }: AcceleratorVendor, { labels }: NodeKind): number {
  if (sharing === undefined || !sharing.values.includes(labels.get(sharing.key) ?? '')) return 1;
  const text = labels.get(sharing.replicas) ?? '';
  return /^\d{1,4}$/.test(text) ? Math.max(1, Number(text)) : 1;
}

import type { ResourceAmounts } from '../../src/api/records/scheduling-shape.ts';
import { CATALOGUE } from '../../src/api/accelerators/catalogue/table.ts';

/**
 * Nodes that are alike in all that the catalogue looks at. Devices that are given out by claims are kinds of their own, one for
 * each kind of devices that a node has: in place of labels stands what the driver tells of each of them.
 */
export interface NodeKind {
  readonly nodes: number;
  /** What each of them offers of the catalogue's resources, or of a class of devices; never zero. */
  readonly resources: ResourceAmounts;
  /** Those of its labels that the catalogue reads; of claimed devices `driver/name` of attributes, and memory in MiB. */
  readonly labels: ReadonlyMap<string, string>;
}

/** Which devices the nodes publish. */
export interface DeviceInventory {
  /** At most 256, those with the most nodes. */
  readonly kinds: readonly NodeKind[];
  /** Nodes with devices of further kinds. */
  readonly unlisted: number;
  /** The DeviceClasses that there are of the catalogue's. */
  readonly classes: ReadonlySet<string>;
  /** How many HyperNodes each tier has, by the name of the tier; those without a name are not there. */
  readonly tiers: ReadonlyMap<string, number>;
  /** How many nodes have each of the labels that tell domains of links; never zero. */
  readonly domainLabels: ReadonlyMap<string, number>;
}

/** A name, or with a `*` all names that begin and end so. */
interface NamePattern {
  readonly start: string;
  /** Undefined for a whole name. */
  readonly end: string | undefined;
}

/** True for resources that some vendor of the catalogue is known by. O(patterns). */
export function isCataloguedResource(name: string): boolean {
  return RESOURCES.has(name) || RESOURCE_PATTERNS.some((pattern) => matches(name, pattern));
}

/** True for labels that tell something of devices. */
export function isCataloguedLabel(key: string): boolean {
  return LABELS.has(key) || LABEL_STARTS.some((start) => key.startsWith(start));
}

/** The part of the name that stands in place of the `*`; undefined when the name is another one. */
export function starOf(name: string, resource: string): string | undefined {
  const pattern = patternOf(resource);
  if (pattern.end === undefined) return name === resource ? '' : undefined;
  return matches(name, pattern) ? name.slice(pattern.start.length, name.length - pattern.end.length) : undefined;
}

function matches(name: string, { start, end = '' }: NamePattern): boolean {
  return name.length > start.length + end.length && name.startsWith(start) && name.endsWith(end);
}

function patternOf(resource: string): NamePattern {
  const [start = '', end] = resource.split('*');
  return { start, end };
}

const ALL_RESOURCES = CATALOGUE.flatMap(({ offers }) =>
  offers
    .filter(({ claim }) => claim === undefined)
    .flatMap(({ resource, memory, cores }) => [resource, memory, cores].filter((name) => name !== undefined)),
);
const RESOURCES = new Set(ALL_RESOURCES.filter((name) => !name.includes('*')));
const RESOURCE_PATTERNS = ALL_RESOURCES.filter((name) => name.includes('*')).map(patternOf);

const ALL_LABELS = CATALOGUE.flatMap(({ modelLabels, memoryLabels }) => [...modelLabels, ...memoryLabels]);
const LABELS = new Set([
  ...ALL_LABELS.filter(({ isInKey }) => isInKey === undefined).map(({ key }) => key),
  ...CATALOGUE.flatMap(({ topologyLabel, sharing }) => [topologyLabel, sharing?.key, sharing?.replicas]).filter(
    (key) => key !== undefined,
  ),
]);
const LABEL_STARTS = ALL_LABELS.filter(({ isInKey }) => isInKey === true).map(({ key }) => key);

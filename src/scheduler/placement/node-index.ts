import type { NodeRecord } from '../../api/records/node-record.ts';
import type { HostPort, NodeRequirement, NodeTerm, TaintRecord } from '../../api/records/scheduling-shape.ts';
import { Bitset } from '../../lib/bitset.ts';
import { InvariantError } from '../../lib/exhaustive.ts';
import { MindedRules } from './minded-rules.ts';
import { NodeSet } from './node-set.ts';

/** The port claimed on every address of a node. */
const ANY_ADDRESS = '0.0.0.0';

interface TaintedNodes {
  readonly taint: TaintRecord;
  readonly nodes: Bitset;
}

/**
 * Node features as sets of node indices, so that a predicate costs the number of distinct labels and taints it touches,
 * times nodes / 32, and never a walk over node objects.
 */
export class NodeIndex {
  #count = 0;
  #unschedulable = new Bitset(0);
  readonly #byLabel = new Map<string, Map<string, NodeSet>>();
  readonly #taints = new Map<string, TaintedNodes>();
  readonly #byName = new Map<string, number>();
  /** `protocol/port` to address to number of tasks that hold it by node; others may place two of them on one node. */
  readonly #ports = new Map<string, Map<string, Map<number, number>>>();
  readonly #minded: MindedRules;

  constructor(minded = new MindedRules()) {
    this.#minded = minded;
  }

  /** Indexes all nodes anew; ports are claimed again by the caller. O(nodes x labels). */
  reset(records: readonly NodeRecord[]): void {
    this.#count = records.length;
    this.#unschedulable = new Bitset(records.length);
    for (const map of [this.#byLabel, this.#taints, this.#byName, this.#ports]) map.clear();
    records.forEach((record, index) => this.#enter(record, index));
  }

  /** Takes a node out under its old features and in under its new ones. */
  update(index: number, old: NodeRecord, next: NodeRecord): void {
    for (const [key, value] of old.labels) if (next.labels.get(key) !== value) this.#unlabel(key, value, index);
    const kept = new Set(next.taints.map(taintKey));
    for (const key of old.taints.map(taintKey)) if (!kept.has(key)) this.#untaint(key, index);
    this.#unschedulable.remove(index);
    this.#enter(next, index);
  }

  /** Number of label values that some node has. */
  get labelValues(): number {
    let values = 0;
    for (const byValue of this.#byLabel.values()) values += byValue.size;
    return values;
  }

  /** Number of host ports, each of an address, that tasks hold. */
  get portsHeld(): number {
    let ports = 0;
    for (const byAddress of this.#ports.values()) ports += byAddress.size;
    return ports;
  }

  get unschedulable(): Bitset {
    return this.#unschedulable;
  }

  taints(): Iterable<TaintedNodes> {
    return this.#taints.values();
  }

  all(): Bitset {
    const out = new Bitset(this.#count);
    out.fill(this.#count);
    return out;
  }

  none(): Bitset {
    return new Bitset(this.#count);
  }

  /** Nodes with the label at the value. */
  withLabel(key: string, value: string): Bitset {
    const out = new Bitset(this.#count);
    this.#byLabel.get(key)?.get(value)?.addTo(out);
    return out;
  }

  /** Nodes with the label, whatever its value. */
  withAnyLabel(key: string): Bitset {
    const out = new Bitset(this.#count);
    for (const nodes of this.#byLabel.get(key)?.values() ?? []) nodes.addTo(out);
    return out;
  }

  /** Every value that some node has of the label. */
  valuesOf(key: string): Iterable<string> {
    return this.#byLabel.get(key)?.keys() ?? [];
  }

  /** Nodes that satisfy every requirement of the term; an empty term matches none, as in Kubernetes. */
  matching(term: NodeTerm): Bitset {
    const out = new Bitset(this.#count);
    if (term.labels.length === 0 && term.fields.length === 0) return out;
    out.fill(this.#count);
    for (const requirement of term.labels) out.intersect(this.#satisfying(requirement));
    for (const requirement of term.fields) out.intersect(this.#named(requirement));
    return out;
  }

  claimPorts(index: number, ports: readonly HostPort[], isTaken: boolean): void {
    for (const { protocol, port, ip } of ports) {
      const key = `${protocol}/${port}`;
      const byAddress = getOrMake(this.#ports, key, () => new Map<string, Map<number, number>>());
      const holders = getOrMake(byAddress, ip, () => new Map<number, number>());
      const tasks = (holders.get(index) ?? 0) + (isTaken ? 1 : -1);
      if (tasks === 0) holders.delete(index);
      else holders.set(index, tasks);
      if (holders.size === 0) byAddress.delete(ip);
      if (byAddress.size === 0) this.#ports.delete(key);
    }
  }

  /**
   * True when none of the ports is taken on the node, or ports do not count; the wildcard address collides with every other. `given` are
   * those that pods hold there that are thought gone.
   */
  portsFree(index: number, ports: readonly HostPort[], given: readonly HostPort[] = NO_PORTS): boolean {
    if (!this.#minded.hostPorts) return true;
    for (const { protocol, port, ip } of ports) {
      for (const [taken, holders] of this.#ports.get(`${protocol}/${port}`) ?? []) {
        const collides = taken === ip || taken === ANY_ADDRESS || ip === ANY_ADDRESS;
        const pods = collides ? (holders.get(index) ?? 0) : 0;
        if (pods > 0 && pods > given.filter((each) => isPort(each, protocol, port, taken)).length) return false;
      }
    }
    return true;
  }

  #enter(record: NodeRecord, index: number): void {
    this.#byName.set(record.name, index);
    for (const [key, value] of record.labels) {
      const byValue = getOrMake(this.#byLabel, key, () => new Map<string, NodeSet>());
      getOrMake(byValue, value, () => new NodeSet(this.#count)).add(index);
    }
    for (const taint of record.taints) {
      getOrMake(this.#taints, taintKey(taint), () => ({ taint, nodes: new Bitset(this.#count) })).nodes.add(index);
    }
    if (record.unschedulable) this.#unschedulable.add(index);
  }

  /** What no node has any more leaves nothing behind: values of labels come and go, too. */
  #unlabel(key: string, value: string, index: number): void {
    const byValue = this.#byLabel.get(key);
    const nodes = byValue?.get(value);
    nodes?.remove(index);
    if (nodes?.isEmpty() === true) byValue?.delete(value);
    if (byValue?.size === 0) this.#byLabel.delete(key);
  }

  #untaint(key: string, index: number): void {
    const nodes = this.#taints.get(key)?.nodes;
    nodes?.remove(index);
    if (nodes?.isEmpty() === true) this.#taints.delete(key);
  }

  #satisfying(requirement: NodeRequirement): Bitset {
    const byValue = this.#byLabel.get(requirement.key);
    const out = new Bitset(this.#count);
    for (const [value, nodes] of byValue ?? []) if (valueMatches(requirement, value)) nodes.addTo(out);
    if (requirement.operator === 'NotIn' || requirement.operator === 'DoesNotExist') {
      const others = new Bitset(this.#count);
      others.fill(this.#count);
      others.subtract(out);
      return others;
    }
    return out;
  }

  #named(requirement: NodeRequirement): Bitset {
    const out = new Bitset(this.#count);
    for (const name of requirement.values) {
      const index = this.#byName.get(name);
      if (index !== undefined) out.add(index);
    }
    if (requirement.operator === 'In') return out;
    const others = new Bitset(this.#count);
    others.fill(this.#count);
    others.subtract(out);
    return others;
  }
}

const NO_PORTS: readonly HostPort[] = [];

function isPort(each: HostPort, protocol: string, port: number, ip: string): boolean {
  return each.port === port && each.ip === ip && each.protocol === protocol;
}

/** For the negative operators: whether the value is one that rules the node out. */
function valueMatches(requirement: NodeRequirement, value: string): boolean {
  switch (requirement.operator) {
    case 'In':
    case 'NotIn':
      return requirement.values.includes(value);
    case 'Exists':
    case 'DoesNotExist':
      return true;
    case 'Gt':
      return compareWhole(value, requirement.values[0]) > 0;
    case 'Lt':
      return compareWhole(value, requirement.values[0]) < 0;
    default:
      throw new InvariantError(`Cannot match operator ${String(requirement.operator)}: unknown`);
  }
}

/** 0 (neither greater nor less) when one of them is no whole number: the requirement then fails, as in Kubernetes. */
function compareWhole(value: string, bound: string | undefined): number {
  const [number, limit] = [whole(value), whole(bound)];
  if (number === undefined || limit === undefined || number === limit) return 0;
  return number > limit ? 1 : -1;
}

/** Of 64 bits, as in Kubernetes. */
function whole(text: string | undefined): bigint | undefined {
  if (text === undefined || !/^[+-]?\d+$/.test(text)) return undefined;
  const number = BigInt(text.replace('+', ''));
  return BigInt.asIntN(64, number) === number ? number : undefined;
}

function taintKey(taint: TaintRecord): string {
  return `${taint.key}\n${taint.value}\n${taint.effect}`;
}

function getOrMake<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

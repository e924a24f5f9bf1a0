import { InvariantError } from '../../lib/exhaustive.ts';
import type { PlacementContext, PluginHooks } from '../framework/plugin.ts';
import type { PodRuleLedger } from '../ledger/pod-rule-ledger.ts';
import type { HeldTerm } from '../ledger/labelled-pods.ts';
import type { Task } from '../model/task.ts';
import type { TaskClass } from '../model/task-class.ts';
import { AffinityRule, antiAffinityRule, forbiddenRule, spreadRule } from './domain-rules.ts';
import type { DomainRule } from './domain-rules.ts';
import { NodeCells } from './node-cells.ts';
import type { Topology } from './topology.ts';
import { NOWHERE } from './topology.ts';
import { wideTopologies } from './wish-context.ts';

/** Whose context it is. */
interface RuleSubject {
  readonly taskClass: TaskClass;
  /** Terms that speak of the pods. */
  readonly forbidding: readonly HeldTerm[];
  /** All terms of affinity speak of the pods themselves. */
  readonly isOwn: boolean;
  readonly ledger: PodRuleLedger;
}

/**
 * Where the pods of one class may stand because of other pods. Rules about single nodes are asked node by node;
 * those about domains of several nodes open and close whole ranges of an order in which each domain is one.
 */
export class RuleContext implements PlacementContext {
  readonly key: string;
  readonly hooks: PluginHooks;
  readonly order: (() => Int32Array) | undefined;
  readonly ranges: (() => readonly number[]) | undefined;
  readonly #rules: readonly DomainRule[];
  readonly #affinity: readonly AffinityRule[];
  readonly #local: readonly DomainRule[];
  readonly #topologies: readonly (Topology | undefined)[];
  readonly #ledger: PodRuleLedger;

  constructor(key: string, { taskClass, forbidding, isOwn, ledger }: RuleSubject) {
    this.key = key;
    this.#ledger = ledger;
    const counts = ledger.of(taskClass)?.affinity ?? [];
    this.#affinity = counts.map((domains) => new AffinityRule(domains, counts, isOwn));
    this.#rules = [...this.#affinity, ...otherRules(taskClass, forbidding, ledger)];
    this.#topologies = this.#rules.map(({ domains }) => domains.topology);
    this.#local = this.#rules.filter(({ domains }) => domains.topology?.isLocal === true);
    const wide = this.#rules.filter((rule) => !this.#local.includes(rule));
    // Where the pods have wishes as well, ranges of the same order stand for those.
    const { terms = [], spread = [] } = ledger.wishesOf(taskClass) ?? {};
    const wished = wideTopologies([...terms.map(({ domains }) => domains), ...spread]);
    const cells = wide.length === 0 ? undefined : new NodeCells([...wide.map(topologyOf), ...wished]);
    this.order = cells && (() => cells.order);
    this.ranges =
      cells && (() => cells.ranges((domains) => wide.every((rule, i) => isOpen(rule, domains[i] ?? NOWHERE))));
    const explain: PluginHooks['explain'] = (_, reasons) => this.#explain(reasons);
    const isLocal = this.#local.length > 0;
    this.hooks = isLocal ? { explain, feasibleNode: (_, node) => allows(this.#local, node) } : { explain };
  }

  /** The rules are about the nodes as they are. */
  get isCurrent(): boolean {
    return this.#rules.every(({ domains }, i) => domains.topology === this.#topologies[i]);
  }

  /** Other nodes than those that pods came to, or left, may be open or closed now. */
  readonly version = (): number => {
    let version = 0;
    for (const { domains } of this.#local) version += domains.epoch;
    for (const { domains, avoidedVersion } of this.#affinity) version += domains.epoch + avoidedVersion;
    return version;
  };

  readonly allows = (node: number): boolean => allows(this.#rules, node);

  readonly allowsWithout = (node: number, gone?: ReadonlySet<Task>): boolean =>
    this.#rules.every((rule) => {
      const domain = rule.domains.topology?.domainOf[node] ?? NOWHERE;
      if (domain === NOWHERE) return rule.isOpenOutside;
      if (gone === undefined) return rule.mayOpen(domain);
      return rule.isOpenWithout(domain, (domains) => this.#ledger.domainsOf(gone, domains));
    });

  /**
   * So many pods of a job were placed in vain, this one on the node: if it chose the domain for those that followed, it
   * chooses another one next time. False when it has no other choice.
   */
  avoid(node: number, placed: number): boolean {
    const chosen = this.#affinity.find((rule) => rule.wasFree(placed));
    const domain = chosen?.domains.topology?.domainOf[node] ?? NOWHERE;
    return chosen !== undefined && domain !== NOWHERE && chosen.avoid(domain);
  }

  avoidNone(): void {
    for (const rule of this.#affinity) rule.avoidNone();
  }

  /** Each node names the first rule that closes it. */
  #explain(reasons: Map<string, number>): void {
    const nodes = topologyOf(this.#rules[0]).domainOf.length;
    for (let node = 0; node < nodes; node += 1) {
      const closing = this.#rules.find((rule) => !isOpenAt(rule, node));
      if (closing !== undefined) reasons.set(closing.reason, (reasons.get(closing.reason) ?? 0) + 1);
    }
  }
}

function topologyOf(rule: DomainRule | undefined): Topology {
  if (rule?.domains.topology === undefined) throw new InvariantError('Cannot place pods: their domains are not read');
  return rule.domains.topology;
}

function otherRules(
  taskClass: TaskClass,
  forbidding: readonly HeldTerm[],
  ledger: PodRuleLedger,
): readonly DomainRule[] {
  const { antiAffinity = [], spread = [] } = ledger.of(taskClass) ?? {};
  const rules = taskClass.shape.rules?.spread ?? [];
  return [
    ...antiAffinity.map(antiAffinityRule),
    ...forbidding.map(({ domains }) => forbiddenRule(domains)),
    ...spread.flatMap((domains, i) => {
      const rule = rules[i];
      return rule === undefined ? [] : [spreadRule(domains, rule)];
    }),
  ];
}

function allows(rules: readonly DomainRule[], node: number): boolean {
  for (const rule of rules) if (!isOpenAt(rule, node)) return false;
  return true;
}

function isOpenAt(rule: DomainRule, node: number): boolean {
  return isOpen(rule, rule.domains.topology?.domainOf[node] ?? NOWHERE);
}

function isOpen(rule: DomainRule, domain: number): boolean {
  return domain === NOWHERE ? rule.isOpenOutside : rule.isOpen(domain);
}

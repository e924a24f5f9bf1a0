import type { JsonObject } from '../../lib/json.ts';
import { labelPairs, text } from './metadata.ts';
import { RecentMap } from '../../lib/recent-map.ts';
import { isSame } from '../../lib/same.ts';
import type { LabelPairs } from '../records/label-selector.ts';
import type { PodCards } from '../records/card-records.ts';
import type { PodNuma } from '../records/numa-records.ts';
import type { PodDeviceClaim } from '../records/device-records.ts';
import type { ExtendedAsk } from '../records/extended-ask.ts';
import type { PodClaim } from '../records/pod-claim.ts';
import type { OwnerRecord } from '../records/owner-record.ts';
import { areSameCommons } from '../records/stored-pod.ts';
import type { PodCommons } from '../records/stored-pod.ts';
import type { SchedulingShape } from '../records/scheduling-shape.ts';
import { countedSpecs } from './pod-resize.ts';
import { readExtendedAsks } from './pod-extended-asks.ts';
import { readPodRules } from './pod-rules.ts';
import { readPodWishes } from './pod-wishes.ts';
import { readShape, specsText } from './pod-shape.ts';
import type { ShapeOwner } from './shape-owner.ts';
import { SpecFacts } from './spec-facts.ts';

/** The parts of a pod that its shape is read from. */
interface PodParts {
  readonly spec: JsonObject;
  readonly status: JsonObject;
}

/** The memo that belongs to a map of shapes; it lives as long as the map does. */
export function shapeMemo(shapes: Map<string, SchedulingShape>): ShapeMemo {
  const known = MEMOS.get(shapes);
  if (known !== undefined) return known;
  const made = new ShapeMemo(shapes);
  MEMOS.set(shapes, made);
  return made;
}

const MEMOS = new WeakMap<Map<string, SchedulingShape>, ShapeMemo>();

/**
 * What no pod asked for while so many others came is forgotten, rather than that a memo grows with everything that ever was.
 * A record that lives on keeps its own; its like is shared anew from then on.
 */
const RECENT_SHAPES = 5000;
const RECENT_TEXTS = 50_000;
/** The pods of one owner come one after another, and what they have in common keeps its shape alive. */
const RECENT_COMMONS = 2000;
/** Owners whose pods come in turns. */
const RECENT_SPECS = 128;

/** Labels as they came, and the list that was made of them. */
interface KnownLabels {
  readonly namespace: string;
  readonly raw: JsonObject;
  readonly pairs: LabelPairs;
}

/**
 * What is shared between the records that were made with one map of shapes. It only saves time and memory: dropping an
 * entry, or all of them, changes no record's value.
 */
class ShapeMemo {
  readonly #shapes: RecentMap<SchedulingShape>;
  readonly #bySpec = new RecentMap<SchedulingShape>(RECENT_SHAPES);
  readonly #texts = new RecentMap<string>(RECENT_TEXTS);
  readonly #labelSets = new RecentMap<LabelPairs>(RECENT_SHAPES);
  readonly #imageLists = new RecentMap<readonly string[]>(RECENT_SHAPES);
  readonly #owners = new RecentMap<OwnerRecord>(RECENT_TEXTS);
  readonly #claimLists = new RecentMap<readonly PodClaim[]>(RECENT_SHAPES);
  readonly #deviceClaimLists = new RecentMap<readonly PodDeviceClaim[]>(RECENT_SHAPES);
  readonly #askLists = new RecentMap<readonly ExtendedAsk[]>(RECENT_SHAPES);
  readonly #cardLists = new RecentMap<PodCards>(RECENT_SHAPES);
  readonly #numaParts = new RecentMap<PodNuma>(RECENT_SHAPES);
  readonly #commons = new RecentMap<PodCommons>(RECENT_COMMONS);
  readonly #specs = new RecentMap<SpecFacts>(RECENT_SPECS);
  #lastFacts: SpecFacts | undefined;
  #lastLabels: KnownLabels | undefined;

  constructor(shapes: Map<string, SchedulingShape>) {
    this.#shapes = new RecentMap(RECENT_SHAPES, shapes);
  }

  /** What the spec says: the last answer for this owner, empty for none, or the last one at all, where that was of an equal spec. */
  facts(owner: string, spec: JsonObject): SpecFacts {
    const known = this.#specs.get(owner);
    let facts = known ?? this.#lastFacts;
    if (facts?.isOf(spec) !== true) facts = new SpecFacts(spec, this.#extendedAsks(readExtendedAsks(spec)));
    this.#lastFacts = facts;
    return facts === known ? facts : this.#specs.set(owner, facts);
  }

  shape(facts: SpecFacts, { spec, status }: PodParts, owner: ShapeOwner): SchedulingShape {
    const counted = countedSpecs(spec, status);
    const isPlain = counted.length === 1;
    const same = isPlain ? facts.shapeFor(owner) : undefined;
    // The map's owner may have removed shapes that nothing used; such a one has to go back in.
    if (same !== undefined) return interned(this.#shapes, same);
    const shape = this.#read(spec, counted, owner);
    if (isPlain) facts.keepShape(owner, shape);
    return shape;
  }

  /** The pod's labels: one list for the pods of a namespace that have the same. */
  labels(namespace: string, raw: JsonObject): LabelPairs {
    const last = this.#lastLabels;
    if (last?.namespace === namespace && isSame(last.raw, raw)) return last.pairs;
    const key = labelsKey(namespace, raw);
    const pairs = this.#labelSets.get(key) ?? this.#labelSets.set(key, sharedPairs(raw, this.#texts));
    this.#lastLabels = { namespace, raw, pairs };
    return pairs;
  }

  /** The first text that was equal to this one: a parsed list holds a copy of each namespace and node name per pod. */
  text(value: string): string {
    return value === '' ? '' : (this.#texts.get(value) ?? this.#texts.set(value, value));
  }

  /** One list for equal ones. */
  images(names: readonly string[]): readonly string[] {
    const key = names.join('\n');
    return this.#imageLists.get(key) ?? this.#imageLists.set(key, names);
  }

  owner(owner: OwnerRecord | undefined): OwnerRecord | undefined {
    if (owner === undefined) return undefined;
    const found = this.#owners.get(owner.uid);
    if (found !== undefined && isSameOwner(found, owner)) return found;
    return this.#owners.set(owner.uid, owner);
  }

  /** One list for pods that use the same claims. */
  claims(claims: readonly PodClaim[]): readonly PodClaim[] {
    if (claims.length === 0) return claims;
    const key = claims.map(({ key: claim, podUid }) => `${claim}/${podUid}`).join('\n');
    return this.#claimLists.get(key) ?? this.#claimLists.set(key, claims);
  }

  /** The same for claims of devices. */
  deviceClaims(claims: readonly PodDeviceClaim[]): readonly PodDeviceClaim[] {
    if (claims.length === 0) return claims;
    const key = claims.map(({ key: claim, podUid, isMade }) => `${claim}/${podUid}/${String(isMade)}`).join('\n');
    return this.#deviceClaimLists.get(key) ?? this.#deviceClaimLists.set(key, claims);
  }

  /** One object for pods that ask for the same and have the same. */
  cards(cards: PodCards | undefined): PodCards | undefined {
    if (cards === undefined) return undefined;
    const key = `${cards.wish?.key ?? ''}\n${JSON.stringify(cards.held)}`;
    return this.#cardLists.get(key) ?? this.#cardLists.set(key, cards);
  }

  /** The same for what its kubelet gives it for itself. */
  numa(numa: PodNuma | undefined): PodNuma | undefined {
    if (numa === undefined) return undefined;
    return this.#numaParts.get(numa.key) ?? this.#numaParts.set(numa.key, numa);
  }

  /** Made of texts, owners and shapes of this memo. */
  commons(commons: PodCommons): PodCommons {
    // The pods of an owner that differ otherwise are few, or they differ for a short time.
    const { namespace, group, task, phase, owner } = commons;
    const key = `${namespace}/${group}/${task}/${phase}/${owner?.uid ?? ''}`;
    const found = this.#commons.get(key);
    return found !== undefined && areSameCommons(found, commons) ? found : this.#commons.set(key, commons);
  }

  /** One list for pods whose containers ask for the same of what classes may serve. */
  #extendedAsks(asks: readonly ExtendedAsk[]): readonly ExtendedAsk[] {
    if (asks.length === 0) return asks;
    const key = JSON.stringify(asks);
    return this.#askLists.get(key) ?? this.#askLists.set(key, asks);
  }

  #read(spec: JsonObject, counted: readonly JsonObject[], owner: ShapeOwner): SchedulingShape {
    const company = {
      rules: readPodRules(spec, owner),
      wishes: readPodWishes(spec, owner),
      isRevocable: owner.isRevocable,
    };
    const given = specsText(counted, company);
    const found = given === undefined ? undefined : this.#bySpec.get(given);
    const shape = interned(this.#shapes, found ?? readShape(spec, counted, company));
    if (given !== undefined && found !== shape) this.#bySpec.set(given, shape);
    return shape;
  }
}

/** Equal texts for equal labels in equal order, as one API server gives them; another order only costs a list. */
function labelsKey(namespace: string, raw: JsonObject): string {
  let key = namespace;
  for (const name in raw) key += `\n${name}\n${text(raw, name)}`;
  return key;
}

function sharedPairs(raw: JsonObject, texts: RecentMap<string>): LabelPairs {
  return labelPairs(raw).map((text) => texts.get(text) ?? texts.set(text, text));
}

function interned(shapes: RecentMap<SchedulingShape>, shape: SchedulingShape): SchedulingShape {
  return shapes.get(shape.key) ?? shapes.set(shape.key, shape);
}

function isSameOwner(a: OwnerRecord, b: OwnerRecord): boolean {
  return a.uid === b.uid && a.name === b.name && a.kind === b.kind && a.apiVersion === b.apiVersion;
}

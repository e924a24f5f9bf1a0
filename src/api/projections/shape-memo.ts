import { isSameJson } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import { labelPairs, text } from './metadata.ts';
import { RecentMap } from '../../lib/recent-map.ts';
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
import { readPodRules } from './pod-rules.ts';
import { readPodWishes } from './pod-wishes.ts';
import { readShape, specsText } from './pod-shape.ts';
import type { ShapeOwner } from './shape-owner.ts';
import { SpecFacts } from './spec-facts.ts';

/**
 * What is shared between the records that were made with one map of shapes. It only saves time and memory: dropping an
 * entry, or all of them, changes no record's value.
 */
export interface ShapeMemo {
  /** What the spec says; the last answer for this owner, of whatever name, where that was of an equal spec. */
  facts(owner: string, spec: JsonObject): SpecFacts;
  shape(
    facts: SpecFacts,
    pod: { readonly spec: JsonObject; readonly status: JsonObject },
    owner: ShapeOwner,
  ): SchedulingShape;
  /** The pod's labels: one list for the pods of a namespace that have the same. */
  labels(namespace: string, raw: JsonObject): LabelPairs;
  /** The first text that was equal to this one: a parsed list holds a copy of each namespace and node name per pod. */
  text(value: string): string;
  /** One list for equal ones. */
  images(names: readonly string[]): readonly string[];
  owner(owner: OwnerRecord | undefined): OwnerRecord | undefined;
  /** One list for pods that use the same claims. */
  claims(claims: readonly PodClaim[]): readonly PodClaim[];
  /** The same for claims of devices. */
  deviceClaims(claims: readonly PodDeviceClaim[]): readonly PodDeviceClaim[];
  /** One list for pods whose containers ask for the same of what classes may serve. */
  extendedAsks(asks: readonly ExtendedAsk[]): readonly ExtendedAsk[];
  /** One object for pods that ask for the same and have the same. */
  cards(cards: PodCards | undefined): PodCards | undefined;
  /** The same for what its kubelet gives it for itself. */
  numa(numa: PodNuma | undefined): PodNuma | undefined;
  /** Made of texts, owners and shapes of this memo. */
  commons(commons: PodCommons): PodCommons;
}

/** The memo that belongs to a map of shapes; it lives as long as the map does. */
export function shapeMemo(shapes: Map<string, SchedulingShape>): ShapeMemo {
  const known = MEMOS.get(shapes);
  if (known !== undefined) return known;
  const made = makeMemo(shapes);
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

function makeMemo(byKey: Map<string, SchedulingShape>): ShapeMemo {
  const shapes = new RecentMap<SchedulingShape>(RECENT_SHAPES, byKey);
  const bySpec = new RecentMap<SchedulingShape>(RECENT_SHAPES);
  const texts = new RecentMap<string>(RECENT_TEXTS);
  const labelSets = new RecentMap<LabelPairs>(RECENT_SHAPES);
  const imageLists = new RecentMap<readonly string[]>(RECENT_SHAPES);
  const owners = new RecentMap<OwnerRecord>(RECENT_TEXTS);
  const claimLists = new RecentMap<readonly PodClaim[]>(RECENT_SHAPES);
  const deviceClaimLists = new RecentMap<readonly PodDeviceClaim[]>(RECENT_SHAPES);
  const askLists = new RecentMap<readonly ExtendedAsk[]>(RECENT_SHAPES);
  const cardLists = new RecentMap<PodCards>(RECENT_SHAPES);
  const numaParts = new RecentMap<PodNuma>(RECENT_SHAPES);
  const commonsOf = new RecentMap<PodCommons>(RECENT_COMMONS);
  const specs = new RecentMap<SpecFacts>(RECENT_SPECS);
  let lastLabels: { namespace: string; raw: JsonObject; pairs: LabelPairs } | undefined;
  return {
    facts(owner, spec) {
      const last = specs.get(owner);
      return last?.isOf(spec) === true ? last : specs.set(owner, new SpecFacts(spec));
    },
    shape(facts, { spec, status }, owner) {
      const counted = countedSpecs(spec, status);
      const isPlain = counted.length === 1;
      const same = isPlain ? facts.shapeFor(owner) : undefined;
      if (same !== undefined) return interned(shapes, same);
      const company = {
        rules: readPodRules(spec, owner),
        wishes: readPodWishes(spec, owner),
        isRevocable: owner.isRevocable,
      };
      const given = specsText(counted, company);
      const found = given === undefined ? undefined : bySpec.get(given);
      // The map's owner may have removed shapes that nothing used; such a one has to go back in.
      const shape = interned(shapes, found ?? readShape(spec, counted, company));
      if (given !== undefined && found !== shape) bySpec.set(given, shape);
      if (isPlain) facts.keepShape(owner, shape);
      return shape;
    },
    labels(namespace, raw) {
      if (lastLabels?.namespace === namespace && isSameJson(lastLabels.raw, raw)) return lastLabels.pairs;
      const key = labelsKey(namespace, raw);
      const pairs = labelSets.get(key) ?? labelSets.set(key, sharedPairs(raw, texts));
      lastLabels = { namespace, raw, pairs };
      return pairs;
    },
    text(value) {
      return value === '' ? '' : (texts.get(value) ?? texts.set(value, value));
    },
    images(names) {
      const key = names.join('\n');
      return imageLists.get(key) ?? imageLists.set(key, names);
    },
    owner(owner) {
      if (owner === undefined) return undefined;
      const found = owners.get(owner.uid);
      if (found !== undefined && isSame(found, owner)) return found;
      return owners.set(owner.uid, owner);
    },
    claims(claims) {
      if (claims.length === 0) return claims;
      const key = claims.map(({ key: claim, podUid }) => `${claim}/${podUid}`).join('\n');
      return claimLists.get(key) ?? claimLists.set(key, claims);
    },
    deviceClaims(claims) {
      if (claims.length === 0) return claims;
      const key = claims.map(({ key: claim, podUid, isMade }) => `${claim}/${podUid}/${String(isMade)}`).join('\n');
      return deviceClaimLists.get(key) ?? deviceClaimLists.set(key, claims);
    },
    extendedAsks(asks) {
      if (asks.length === 0) return asks;
      const key = JSON.stringify(asks);
      return askLists.get(key) ?? askLists.set(key, asks);
    },
    cards(cards) {
      if (cards === undefined) return undefined;
      const key = `${cards.wish?.key ?? ''}\n${JSON.stringify(cards.held)}`;
      return cardLists.get(key) ?? cardLists.set(key, cards);
    },
    numa(numa) {
      if (numa === undefined) return undefined;
      return numaParts.get(numa.key) ?? numaParts.set(numa.key, numa);
    },
    commons(commons) {
      // The pods of an owner that differ otherwise are few, or they differ for a short time.
      const { namespace, group, task, phase, owner } = commons;
      const key = `${namespace}/${group}/${task}/${phase}/${owner?.uid ?? ''}`;
      const found = commonsOf.get(key);
      return found !== undefined && areSameCommons(found, commons) ? found : commonsOf.set(key, commons);
    },
  };
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

function isSame(a: OwnerRecord, b: OwnerRecord): boolean {
  return a.uid === b.uid && a.name === b.name && a.kind === b.kind && a.apiVersion === b.apiVersion;
}

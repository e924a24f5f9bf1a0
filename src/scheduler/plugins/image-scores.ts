import type { PlacementContext } from '../framework/plugin.ts';
import type { Snapshot } from '../ledger/snapshot.ts';
import type { Task } from '../model/task.ts';

const MAX_SCORE = 100;
const MEBIBYTE = 1024 * 1024;
/** Less than that on a node is worth nothing; for each image no more than that counts. */
const LEAST_BYTES = 23 * MEBIBYTE;
const MOST_BYTES = 1000 * MEBIBYTE;

/** An image, and the nodes that hold it. */
interface HeldImage {
  readonly bytes: number;
  readonly nodes: number[];
}

/** What was found for the pods with one list of images. */
interface Known {
  readonly version: number;
  readonly points: Float64Array;
  readonly context: PlacementContext | undefined;
}

/**
 * How much of its images lies on a node already, as kube-scheduler counts: bytes, by the share of all nodes that hold the image, so that
 * an image on a single node does not draw all its pods there. Pods whose images lie nowhere, or are small, are not claimed.
 */
export class ImageScores {
  readonly #snapshot: Snapshot;
  readonly #weight: number;
  readonly #held = new Map<string, HeldImage>();
  #heldVersion = -1;
  readonly #known = new WeakMap<readonly string[], Known>();
  #made = 0;

  constructor(snapshot: Snapshot, weight: number) {
    this.#snapshot = snapshot;
    this.#weight = weight;
  }

  /** O(1) until nodes hold other images; then O(nodes x images) once, and O(nodes) for each list of images. */
  of({ record: { images } }: Task): PlacementContext | undefined {
    if (images.length === 0) return undefined;
    const version = this.#snapshot.imagesVersion;
    const known = this.#known.get(images);
    if (known?.version === version) return known.context;
    if (this.#heldVersion !== version) this.#readHeld(version);
    const points = this.#points(images);
    const context = known !== undefined && areSame(known.points, points) ? known.context : this.#contextOf(points);
    this.#known.set(images, { version, points, context });
    return context;
  }

  #readHeld(version: number): void {
    this.#heldVersion = version;
    this.#held.clear();
    this.#snapshot.nodes.records.forEach(({ images }, node) => {
      for (const { names, bytes } of images) {
        for (const name of names) {
          const held = this.#held.get(name);
          if (held === undefined) this.#held.set(name, { bytes, nodes: [node] });
          else if (held.nodes.at(-1) !== node) held.nodes.push(node);
        }
      }
    });
  }

  #points(images: readonly string[]): Float64Array {
    const { count } = this.#snapshot.nodes;
    const points = new Float64Array(count);
    for (const name of images) {
      const { bytes = 0, nodes = [] } = this.#held.get(name) ?? {};
      const worth = bytes * (nodes.length / count);
      for (const node of nodes) points[node] = (points[node] ?? 0) + worth;
    }
    const most = MOST_BYTES * images.length;
    for (let node = 0; node < count; node += 1) {
      const counted = Math.min(Math.max(points[node] ?? 0, LEAST_BYTES), most);
      points[node] = (MAX_SCORE * (counted - LEAST_BYTES)) / (most - LEAST_BYTES);
    }
    return points;
  }

  #contextOf(points: Float64Array): PlacementContext | undefined {
    if (points.every((score) => score === 0)) return undefined;
    this.#made += 1;
    const score = (_: unknown, out: Float64Array): void => {
      for (let node = 0; node < out.length; node += 1)
        out[node] = (out[node] ?? 0) + this.#weight * (points[node] ?? 0);
    };
    return { key: `images ${this.#made}`, hooks: { score } };
  }
}

function areSame(a: Float64Array, b: Float64Array): boolean {
  return a.length === b.length && a.every((score, node) => score === b[node]);
}

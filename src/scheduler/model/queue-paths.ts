import type { Queue } from './queue.ts';

/** The queue, then those above it, the nearest first. */
export function upFrom(queue: Queue): Queue[] {
  const path: Queue[] = [];
  for (let at: Queue | undefined = queue; at !== undefined; at = at.parent) path.push(at);
  return path;
}

/** The queue is the branch's top, or stands below it at any depth. */
export function isWithin(queue: Queue, branch: Queue): boolean {
  for (let at: Queue | undefined = queue; at !== undefined; at = at.parent) if (at === branch) return true;
  return false;
}

/**
 * Two queues, or what stands above them, that are below the same parent; where one stands above the other, that one and its
 * child on the way.
 */
export function siblings(a: Queue, b: Queue): readonly [Queue, Queue] {
  if (a.parent === b.parent || a.parent === b || b.parent === a) return [a, b];
  const [pathA, pathB] = [upFrom(a), upFrom(b)];
  while (pathA.length > 1 && pathB.length > 1 && pathA.at(-1) === pathB.at(-1)) {
    pathA.pop();
    pathB.pop();
  }
  const [topA = a, topB = b] = [pathA.at(-1), pathB.at(-1)];
  return topA === topB ? [pathA.at(-2) ?? topA, pathB.at(-2) ?? topB] : [topA, topB];
}

import { draw } from './backfill/drawing.ts';
import { play } from './backfill/load.ts';

const FOLDER = 'docs/concepts/backfill';

/** Pictures of the same load with and without planned starts, each from a run of the core. */
export function outputs(): Promise<ReadonlyMap<string, string>> {
  return Promise.resolve(
    new Map([
      [`${FOLDER}/first-fit.svg`, draw('whatever fits starts', play(0))],
      [`${FOLDER}/planned.svg`, draw('plannedStarts: 1', play(1))],
    ]),
  );
}

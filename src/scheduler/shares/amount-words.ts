import { formatUnits } from '../../lib/quantity.ts';
import { resourceUnit } from '../../api/amounts.ts';
import type { Queue } from '../model/queue.ts';
import type { ResourceTable } from '../model/resource-table.ts';

/** What is said of amounts that somebody asks for and has not. */
export interface Numbers {
  readonly asked: number;
  readonly held: number;
  readonly limit: number;
}

/** Resources and amounts by index, in the words of messages. */
export class AmountWords {
  readonly #resources: ResourceTable;

  constructor(resources: ResourceTable) {
    this.#resources = resources;
  }

  name(resource: number): string {
    return this.#resources.name(resource);
  }

  /** In whole units of the records: what is left of one is of no use. */
  amount(resource: number, amount: number): string {
    return formatUnits(Math.floor(amount), resourceUnit(this.name(resource)));
  }

  /** e.g. `1 asked, 2 of 2 held`. */
  numbers(resource: number, { asked, held, limit }: Numbers): string {
    const [wants, has, most] = [asked, held, limit].map((amount) => this.amount(resource, amount));
    return `${wants} asked, ${has} of ${most} held`;
  }
}

/** The name of a queue whose limit a whole branch shares, and why it matters to another one. */
export function branchWords(queue: Queue, above: Queue): string {
  return queue === above ? `${above.name} with those below it` : `${above.name} above queue ${queue.name}`;
}

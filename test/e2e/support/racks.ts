import { HYPER_NODES } from '../../../src/api/resources.ts';
import { arrayAt, stringAt } from '../../../src/lib/json.ts';
import type { History } from './history.ts';

/** `rack: nodes` of each HyperNode that was found by labels. */
export function racks(history: History): readonly string[] {
  const found = history.all(HYPER_NODES).map((each) => {
    const rack = stringAt(each, ['metadata', 'labels', 'rack']);
    const members = arrayAt(each, 'spec', 'members').map((one) => stringAt(one, ['selector', 'exactMatch', 'name']));
    return rack === '' ? '' : `${rack}: ${members.join(',')}`;
  });
  return found.filter((text) => text !== '').toSorted();
}

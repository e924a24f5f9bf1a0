import { compileExpression } from '../../cel/expression.ts';
import { RecentMap } from '../../lib/recent-map.ts';
import type { DeviceRecord, DeviceSelector, SelectorFailure } from '../records/device-records.ts';
import { deviceValue } from './device-value.ts';

/** More than any cluster has in its classes and claims. */
const REMEMBERED = 4096;
const known = new RecentMap<DeviceSelector>(REMEMBERED);

/** The condition that the text writes; what Sluice's CEL lacks for it is told in `unsupported`. */
export function deviceSelector(text: string): DeviceSelector {
  return known.get(text) ?? known.set(text, makeSelector(text));
}

function makeSelector(text: string): DeviceSelector {
  const program = compileExpression(text, ['device']);
  if (program.kind === 'errors') {
    const message = program.errors.map(({ line, column, message: why }) => `${line}:${column}: ${why}`).join(', ');
    return { text, unsupported: message, matches: () => ({ message }) };
  }
  const answers = new WeakMap<DeviceRecord, boolean | SelectorFailure>();
  return {
    text,
    unsupported: undefined,
    matches: (device) => {
      let answer = answers.get(device);
      if (answer === undefined) {
        const outcome = program.evaluate({ device: deviceValue(device) });
        answers.set(device, (answer = typeof outcome === 'boolean' ? outcome : { message: outcome.error }));
      }
      return answer;
    },
  };
}

import { parseWish } from '../../src/api/accelerators/parse-wish.ts';
import type { ParsedWish } from '../../src/api/accelerators/parse-wish.ts';

const LABEL = /^([a-z0-9._]+)-(\d{1,4})((?:-[a-z0-9._]+)*)$/;
const MEMORY = /^(\d{1,5})([mgt])i$/;
const PROFILE = /^\d{1,2}g\.\d{1,4}gb$/;

/**
 * The short form, fit for the value of a label: class or model, how many, and what follows in any order: memory (`80gi`), a
 * profile (`1g.10gb`) and `linked` for one domain,
 * `grouplinked` for one of the whole group. `gpu-8-80gi-linked` is `8 x gpu, memory >= 80Gi, one NVLink domain`.
 */
export function parseWishLabel(value: string): ParsedWish {
  const found = LABEL.exec(value);
  if (found === null) return { kind: 'mistake', mistake: { column: 1, message: SHAPE } };
  const [, noun = '', count = '', rest = ''] = found;
  const parts = [`${count} x ${noun}`];
  for (const word of rest.split('-').slice(1)) {
    const memory = MEMORY.exec(word);
    if (memory !== null) parts.push(`memory >= ${memory[1]}${memory[2]?.toUpperCase()}i`);
    else if (PROFILE.test(word)) parts.push(`profile ${word}`);
    else if (word === 'linked') parts.push('one NVLink domain');
    else if (word === 'grouplinked') parts.push('one NVLink domain for the group');
    else return { kind: 'mistake', mistake: { column: value.indexOf(`-${word}`) + 2, message: SHAPE } };
  }
  const parsed = parseWish(parts.join(', '));
  return parsed.kind === 'wish' ? parsed : { kind: 'mistake', mistake: { ...parsed.mistake, column: 1 } };
}

const SHAPE = 'must read like gpu-8, gpu-8-80gi or h100-8-linked';

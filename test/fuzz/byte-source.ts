import type { Dice } from './dice.ts';

const JSON_PIECES: readonly string[] = [
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '"',
  '\\',
  'null',
  'true',
  'false',
  '0',
  '-1',
  '1e999',
  '"uid"',
  '"request"',
  '"kind"',
  '"AdmissionReview"',
  '"apiVersion"',
  '"admission.k8s.io/v1"',
  '"resource"',
  '"operation"',
  '"CREATE"',
  '"object"',
  '"__proto__"',
  '"pods"',
  '"\\ud800"',
  ' ',
  '\n',
  '\u0000',
  'é',
  '\uFEFF',
];

/** A byte string out of nowhere: noise, JSON soup, or a real review with wounds. */
export function drawBytes(dice: Dice, reviews: readonly Buffer[]): Buffer {
  const kind = dice.below(10);
  if (kind < 4) return dice.bytes(dice.below(300));
  if (kind < 7) return drawSoup(dice);
  return wound(dice, dice.pick(reviews));
}

/** The bytes with some of them changed, cut out, doubled or cut off. */
export function wound(dice: Dice, whole: Buffer): Buffer {
  let bytes = Buffer.from(whole);
  for (let count = 1 + dice.below(4); count > 0 && bytes.length > 0; count -= 1) {
    const at = dice.below(bytes.length);
    const length = 1 + dice.below(40);
    switch (dice.below(5)) {
      case 0:
        bytes[at] = dice.next();
        break;
      case 1:
        bytes[at] = (bytes[at] ?? 0) ^ (1 << dice.below(8));
        break;
      case 2:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]);
        break;
      case 3:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at, at + length), bytes.subarray(at)]);
        break;
      default:
        bytes = Buffer.from(bytes.subarray(0, at));
    }
  }
  return bytes;
}

function drawSoup(dice: Dice): Buffer {
  const pieces = Array.from({ length: dice.below(60) }, () => dice.pick(JSON_PIECES));
  return Buffer.from(pieces.join(''));
}

/** Without i, l, o and u, which people misread or which make words. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
/** Bits of one character. */
const BITS = 5;

/** Five bits of the text in each of at most twelve characters, spread well enough that ids of one namespace do not meet. */
export function digest(text: string, length: number): string {
  const low = hash(text, 0x811c9dc5);
  const high = hash(text, 0x9e3779b9);
  let result = '';
  for (let at = 0; at < length; at += 1) {
    const lane = at % 2 === 0 ? low : high;
    result += ALPHABET.charAt((lane >>> (BITS * (at >> 1))) & 31);
  }
  return result;
}

/** FNV-1a over UTF-16 units with a mixing step at the end, so that low and high bits are equally good. */
function hash(text: string, start: number): number {
  let state = start;
  for (let at = 0; at < text.length; at += 1) state = Math.imul(state ^ text.charCodeAt(at), 0x01000193);
  state = Math.imul(state ^ (state >>> 16), 0x7feb352d);
  state = Math.imul(state ^ (state >>> 15), 0x846ca68b);
  return (state ^ (state >>> 16)) >>> 0;
}

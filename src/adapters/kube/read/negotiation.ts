import type { Encoding } from './encoding.ts';
import { JSON_ENCODING } from './json-encoding.ts';

const ENCODINGS: ReadonlyMap<string, Encoding> = new Map([['application/json', JSON_ENCODING]]);

/** The encoding that a content type names; JSON where it is none that we know. */
export function encodingOf(contentType: string): Encoding {
  const mediaType = contentType.split(';', 1)[0] ?? '';
  return ENCODINGS.get(mediaType.trim().toLowerCase()) ?? JSON_ENCODING;
}

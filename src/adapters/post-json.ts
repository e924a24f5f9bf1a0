import type { PostAnswer } from '../engine/outside/post.ts';
import { fetchJson } from './fetch-json.ts';

/** As in Volcano. */
const MOST_BYTES = 10 * 1024 * 1024;

/** Posts a JSON body within the time. */
export function postJson(url: string, body: string, timeoutMs: number): Promise<PostAnswer> {
  return fetchJson({ url, body, timeoutMs, mostBytes: MOST_BYTES });
}

import type { JsonObject } from '../../../lib/json.ts';

export type WatchEventType = 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';

/** How the API server writes objects and watches; told by the content type of its answer. */
export interface Encoding {
  /** The object of a whole answer, as its JSON reads; undefined when it cannot be read. */
  readObject(body: Buffer): JsonObject | undefined;
  /** Reads the answer to a list as it comes; one of which more than the given bytes have to be held at once ends it. */
  openList(maxBytes: number, receiver: ListReceiver): ListReader;
  /** Cuts the bytes of a watch into events; an event of more than the given bytes ends it. */
  openEvents(maxEventBytes: number, receiver: EventReceiver): EventReader;
}

/** One watch as it is read. */
export interface EventReader {
  /** Hands over what this chunk completes; false when an event is longer than the limit. */
  push(chunk: Buffer): boolean;
}

/** One page of a list as it is read. */
export interface ListReader {
  /** Hands over what this chunk completes; tells why it cannot go on. */
  push(chunk: Buffer): ListFault | undefined;
  /** Nothing more comes; false where the list is not whole. */
  end(): boolean;
}

/** More has to be held than the limit, or it is no list. */
export type ListFault = 'tooLong' | 'corrupt';

/** Hears about one page of a list. */
export interface ListReceiver {
  /** Version of the list and token of its next page. */
  takeHead(metadata: JsonObject): void;
  /** False: nothing more is wanted. */
  takeItem(item: JsonObject): boolean;
}

/** Hears about the events of a watch. */
export interface EventReceiver {
  /** False: nothing more is wanted. */
  takeEvent(type: WatchEventType | 'ERROR', object: JsonObject): boolean;
  /** An event that cannot be read; nothing more is handed over. */
  takeUnreadable(excerpt: string): void;
}

/** The type of a watch event when it is one that the API server sends. */
export function eventType(value: unknown): WatchEventType | 'ERROR' | undefined {
  switch (value) {
    case 'ADDED':
    case 'MODIFIED':
    case 'DELETED':
    case 'BOOKMARK':
    case 'ERROR':
      return value;
    default:
      return undefined;
  }
}

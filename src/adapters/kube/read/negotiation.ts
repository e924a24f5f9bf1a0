import { apiVersion } from '../../../api/resources.ts';
import type { ResourceType } from '../../../api/resources.ts';
import { isKnownKind } from '../protobuf/envelope.ts';
import { PROTOBUF_ENCODING } from '../protobuf/protobuf-encoding.ts';
import type { Encoding } from './encoding.ts';
import { JSON_ENCODING } from './json-encoding.ts';

const JSON_TYPE = 'application/json';
const PROTOBUF_TYPE = 'application/vnd.kubernetes.protobuf';

const AS_METADATA = 'as=PartialObjectMetadata;g=meta.k8s.io;v=v1';
const AS_METADATA_LIST = 'as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';

const ENCODINGS: ReadonlyMap<string, Encoding> = new Map([
  [JSON_TYPE, JSON_ENCODING],
  [PROTOBUF_TYPE, PROTOBUF_ENCODING],
]);

/** True for kinds that are read in protobuf where the server offers it; it knows none for custom resources. */
export function hasProtobuf(type: ResourceType): boolean {
  return isKnownKind(`${apiVersion(type)}/${type.kind}`);
}

/** Value of the Accept header: JSON alone, or as the second choice. */
export function acceptHeader(withProtobuf: boolean): string {
  return withProtobuf ? `${PROTOBUF_TYPE},${JSON_TYPE}` : JSON_TYPE;
}

/** Value of the Accept header for names and versions alone; whole objects where a server cannot give less. */
export function metadataAcceptHeader(withProtobuf: boolean): string {
  const inJson = `${JSON_TYPE};${AS_METADATA_LIST},${JSON_TYPE}`;
  return withProtobuf ? `${PROTOBUF_TYPE};${AS_METADATA_LIST},${inJson}` : inJson;
}

/** The same for a watch, whose events carry one object each. */
export const METADATA_WATCH_ACCEPT_HEADER = `${JSON_TYPE};${AS_METADATA},${JSON_TYPE}`;

/** The encoding that a content type names; JSON where it is none that we know. */
export function encodingOf(contentType: string): Encoding {
  const mediaType = contentType.split(';', 1)[0] ?? '';
  return ENCODINGS.get(mediaType.trim().toLowerCase()) ?? JSON_ENCODING;
}

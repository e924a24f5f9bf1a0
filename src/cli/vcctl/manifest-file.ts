import { parseAllDocuments } from 'yaml';
import { apiVersion } from '../../api/resources.ts';
import type { ResourceType } from '../../api/resources.ts';
import { isJsonObject, stringAt } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import { SetupError } from '../setup-error.ts';
import type { FacePorts } from './face.ts';

/** Objects of the kind in a YAML or JSON file, in their order. Throws a SetupError when it cannot be read or holds anything else. */
export async function manifestsIn(
  file: string,
  type: ResourceType,
  { readFile }: Pick<FacePorts, 'readFile'>,
): Promise<readonly JsonObject[]> {
  const content = await readFile(file).catch((error: unknown) => {
    throw new SetupError(`failed to read file, err: ${error instanceof Error ? error.message : String(error)}`);
  });
  const documents = parseAllDocuments(content, { merge: true });
  const objects = [...documents].flatMap((document, at) => {
    const [mistake] = document.errors;
    if (mistake !== undefined) throw new SetupError(`${file}: ${mistake.message}`);
    const object: unknown = document.toJS();
    return object === null ? [] : [checked(object, `${file}, document ${at + 1}`, type)];
  });
  if (objects.length === 0) throw new SetupError(`${file} holds no ${type.kind}`);
  return objects;
}

function checked(object: unknown, where: string, type: ResourceType): JsonObject {
  if (!isJsonObject(object)) throw new SetupError(`${where}: not an object`);
  const found = [stringAt(object, ['apiVersion'], apiVersion(type)), stringAt(object, ['kind'], type.kind)];
  if (found[0] !== apiVersion(type) || found[1] !== type.kind) {
    throw new SetupError(`${where}: a ${found.join(' ')}, not a ${apiVersion(type)} ${type.kind}`);
  }
  return { ...object, apiVersion: apiVersion(type), kind: type.kind };
}

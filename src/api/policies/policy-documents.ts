import { parseAllDocuments } from 'yaml';
import { fieldError, keyPath } from '../../lib/field-error.ts';
import type { FieldError } from '../../lib/field-error.ts';
import { isJsonObject, member, objectAt } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import { text, textMap } from '../projections/metadata.ts';
import type { Policy } from '../records/policy.ts';
import { apiVersion, NAMESPACED_WORKLOAD_POLICIES, WORKLOAD_POLICIES } from '../resources.ts';
import type { ResourceType } from '../resources.ts';
import { readPolicy } from './read-policy.ts';

/** Characters of all texts of a ConfigMap together: YAML is slow to read, and reviews wait meanwhile. */
const MOST_CHARACTERS = 16_384;

/** A policy as a ConfigMap has it. */
export interface PolicyDocument {
  /** Of its kind: `data[gpu.yaml][0]` is the first document under that key. */
  readonly path: string;
  readonly type: ResourceType;
  readonly spec: JsonObject;
  readonly policy: Policy;
}

/** What a ConfigMap says. With a mistake in it nothing of it counts. */
export interface PolicyDocuments {
  readonly documents: readonly PolicyDocument[];
  readonly errors: readonly FieldError[];
}

/** Reads each key of the data as documents of YAML, each of which is a policy. A ConfigMap without any is a mistake. */
export function readPolicyDocuments(configMap: unknown, namespace: string): PolicyDocuments {
  const reader = new DocumentReader(namespace);
  const texts = [...textMap(objectAt(configMap, 'data'))];
  const length = texts.reduce((sum, [, value]) => sum + value.length, 0);
  if (length > MOST_CHARACTERS) reader.mistake('data', length, `has more than ${MOST_CHARACTERS} characters`);
  else for (const [key, value] of texts) reader.read(keyPath('data', key), value);
  if (Object.keys(objectAt(configMap, 'binaryData')).length > 0) {
    reader.mistake('binaryData', undefined, 'policies are texts: put them into data');
  }
  const { documents, errors } = reader;
  if (documents.length + errors.length === 0) reader.mistake('data', undefined, 'holds no policy');
  return { documents, errors };
}

class DocumentReader {
  readonly documents: PolicyDocument[] = [];
  readonly errors: FieldError[] = [];
  readonly #namespace: string;

  constructor(namespace: string) {
    this.#namespace = namespace;
  }

  read(path: string, yaml: string): void {
    try {
      let index = 0;
      for (const document of parseAllDocuments(yaml, { logLevel: 'error' })) {
        const problem = document.errors[0]?.message.split('\n', 1)[0];
        const value: unknown = problem === undefined ? document.toJS() : undefined;
        if (value === null) continue;
        const where = keyPath(path, String(index));
        index += 1;
        if (problem === undefined) this.#policy(where, value);
        else this.mistake(where, undefined, `is no YAML: ${problem.replace(/ at line \d+, column \d+:?$/, '')}`);
      }
    } catch (error) {
      // An alias may grow beyond all bounds, and lists may be nested too deeply.
      this.mistake(path, undefined, `is not YAML that can be read: ${error instanceof Error ? error.message : ''}`);
    }
  }

  mistake(path: string, value: unknown, message: string): void {
    this.errors.push(fieldError(path, 'FieldValueInvalid', value, message));
  }

  #policy(path: string, value: unknown): void {
    const type = [WORKLOAD_POLICIES, NAMESPACED_WORKLOAD_POLICIES].find((one) => isOf(value, one));
    if (type === undefined || !isJsonObject(value)) {
      const kinds = `${WORKLOAD_POLICIES.kind} or ${NAMESPACED_WORKLOAD_POLICIES.kind}`;
      this.mistake(path, undefined, `is no ${kinds} of ${apiVersion(WORKLOAD_POLICIES)}`);
      return;
    }
    const name = this.#nameOf(path, type, objectAt(value, 'metadata'));
    if (name === undefined) return;
    const read = readPolicy(value, type.namespaced ? this.#namespace : '', name);
    if (read.kind === 'errors') {
      this.errors.push(...read.errors.map((error) => ({ ...error, path: `${path}.${error.path}` })));
    } else if (this.documents.some(({ policy }) => policy.id === read.policy.id)) {
      this.mistake(`${path}.metadata.name`, name, 'is in this ConfigMap before');
    } else this.documents.push({ path, type, spec: objectAt(value, 'spec'), policy: read.policy });
  }

  /** Undefined where the metadata cannot be taken over. */
  #nameOf(path: string, { namespaced }: ResourceType, metadata: JsonObject): string | undefined {
    const known = namespaced ? ['name', 'namespace'] : ['name'];
    const other = Object.keys(metadata).find((key) => !known.includes(key));
    const namespace = text(metadata, 'namespace');
    const name = text(metadata, 'name');
    if (other !== undefined) this.mistake(`${path}.metadata.${other}`, undefined, 'is not taken over: leave it out');
    else if (namespace !== '' && namespace !== this.#namespace) {
      this.mistake(`${path}.metadata.namespace`, namespace, 'a policy of a namespace comes from a ConfigMap in it');
    } else if (!NAME.test(name)) this.mistake(`${path}.metadata.name`, name, 'must be the name of an object');
    else return name;
    return undefined;
  }
}

function isOf(value: unknown, type: ResourceType): boolean {
  if (!isJsonObject(value)) return false;
  return member(value, 'kind') === type.kind && member(value, 'apiVersion') === apiVersion(type);
}

const NAME = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;

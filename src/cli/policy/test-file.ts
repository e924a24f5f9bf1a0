import { isJsonObject, member, memberAt } from '../../lib/json.ts';
import type { JsonObject, JsonValue } from '../../lib/json.ts';
import { OUTCOMES } from './finding.ts';
import type { Outcome } from './finding.ts';
import type { InputMistake, Manifest } from './manifest.ts';
import type { OfflineUser } from './offline-user.ts';

/** Name of the files that `sluice policy test` looks for. */
export const TEST_FILE_NAMES: readonly string[] = ['sluice-test.yaml', 'sluice-test.yml'];

/** One expectation. */
export interface ExpectedResult {
  /** `Kind/name` or `Kind/namespace/name`. */
  readonly resource: string;
  /** Id of a policy; undefined for all of them together. */
  readonly policy: string | undefined;
  readonly outcome: Outcome;
  /** Path in the stored object to its value; null for a field that must not be there. */
  readonly fields: JsonObject;
  /** A text that some warning or refusal has to hold; undefined for any or none. */
  readonly message: string | undefined;
  /** File with the object as it has to be stored, below the folder of the test; undefined when only fields are told. */
  readonly object: string | undefined;
  /** File with the object as it is stored before, which makes the case an update. */
  readonly oldObject: string | undefined;
  readonly line: number;
}

/** A `sluice-test.yaml`. Files are relative to its folder. */
export interface PolicyTest {
  readonly name: string;
  readonly file: string;
  readonly policies: readonly string[];
  readonly resources: readonly string[];
  /** Files with queues, namespaces, priority classes and the like. */
  readonly context: readonly string[];
  readonly user: OfflineUser;
  readonly namespace: string;
  readonly results: readonly ExpectedResult[];
}

/** The test, or what is wrong with it: each mistake with its place, unknown fields too. */
export function readTest(manifest: Manifest): PolicyTest | readonly InputMistake[] {
  const reader = new TestReader(manifest);
  const test = reader.test();
  return reader.mistakes.length > 0 ? reader.mistakes : test;
}

const NAMES: ReadonlySet<string> = new Set(OUTCOMES);

class TestReader {
  readonly mistakes: InputMistake[] = [];
  readonly #manifest: Manifest;

  constructor(manifest: Manifest) {
    this.#manifest = manifest;
  }

  test(): PolicyTest {
    const { object, file } = this.#manifest;
    this.#known('', object, ['apiVersion', 'kind', 'metadata', 'policies', 'resources', 'context', 'results']);
    if (member(object, 'apiVersion') !== 'sluice.dev/v1alpha1' || member(object, 'kind') !== 'PolicyTest') {
      this.#mistake('kind', 'must be PolicyTest of sluice.dev/v1alpha1');
    }
    const context = member(object, 'context') ?? {};
    this.#known('context', context, ['files', 'user', 'namespace']);
    const user = memberAt(context, 'user') ?? {};
    this.#known('context.user', user, ['name', 'groups']);
    return {
      file,
      name: this.#text('metadata.name', memberAt(object, 'metadata', 'name'), file),
      policies: this.#texts('policies', member(object, 'policies')),
      resources: this.#texts('resources', member(object, 'resources')),
      context: this.#texts('context.files', memberAt(context, 'files')),
      user: {
        name: this.#text('context.user.name', memberAt(user, 'name'), 'somebody'),
        groups: this.#texts('context.user.groups', memberAt(user, 'groups')),
      },
      namespace: this.#text('context.namespace', memberAt(context, 'namespace'), 'default'),
      results: this.#results(member(object, 'results')),
    };
  }

  #results(value: JsonValue | undefined): readonly ExpectedResult[] {
    if (!Array.isArray(value) || value.length === 0) {
      this.#mistake('results', 'must be a list of what is expected, with one entry at least');
      return [];
    }
    return (value as readonly JsonValue[]).map((entry, index) => this.#result(entry, `results[${index}]`));
  }

  #result(value: JsonValue, path: string): ExpectedResult {
    this.#known(path, value, ['resource', 'policy', 'outcome', 'fields', 'message', 'object', 'oldObject']);
    const outcome = memberAt(value, 'outcome');
    if (typeof outcome !== 'string' || !NAMES.has(outcome)) {
      this.#mistake(`${path}.outcome`, `must be one of ${OUTCOMES.join(', ')}`);
    }
    const fields = memberAt(value, 'fields') ?? {};
    if (!isJsonObject(fields)) this.#mistake(`${path}.fields`, 'must be a map from paths to values');
    const resource = this.#text(`${path}.resource`, memberAt(value, 'resource'), '');
    if (resource === '') this.#mistake(`${path}.resource`, 'must be Kind/name or Kind/namespace/name');
    return {
      resource,
      policy: this.#optional(`${path}.policy`, memberAt(value, 'policy')),
      outcome: OUTCOMES.find((one) => one === outcome) ?? 'none',
      fields: isJsonObject(fields) ? fields : {},
      message: this.#optional(`${path}.message`, memberAt(value, 'message')),
      object: this.#optional(`${path}.object`, memberAt(value, 'object')),
      oldObject: this.#optional(`${path}.oldObject`, memberAt(value, 'oldObject')),
      line: this.#manifest.placeOf(path).line,
    };
  }

  #optional(path: string, value: JsonValue | undefined): string | undefined {
    return value === undefined ? undefined : this.#text(path, value, '');
  }

  #text(path: string, value: JsonValue | undefined, fallback: string): string {
    if (value === undefined) return fallback;
    if (typeof value !== 'string' || value === '') this.#mistake(path, 'must be a text that is not empty');
    return typeof value === 'string' ? value : fallback;
  }

  #texts(path: string, value: JsonValue | undefined): readonly string[] {
    if (value === undefined) return [];
    if (!Array.isArray(value)) {
      this.#mistake(path, 'must be a list of texts');
      return [];
    }
    return (value as readonly JsonValue[]).map((entry, index) => this.#text(`${path}[${index}]`, entry, ''));
  }

  #known(path: string, value: JsonValue, fields: readonly string[]): void {
    if (!isJsonObject(value)) {
      this.#mistake(path, 'must be a map');
      return;
    }
    for (const field of Object.keys(value)) {
      if (!fields.includes(field))
        this.#mistake(path === '' ? field : `${path}.${field}`, `there is no field ${field}`);
    }
  }

  #mistake(path: string, message: string): void {
    const { file, placeOf } = this.#manifest;
    this.mistakes.push({ file, place: placeOf(path), message: path === '' ? message : `${path}: ${message}` });
  }
}

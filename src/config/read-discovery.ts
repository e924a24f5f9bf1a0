import type { DiscoverySettings, LabelledTopology } from '../api/topology-discovery.ts';
import { durationMs } from '../lib/duration.ts';
import { fieldError, keyPath } from '../lib/field-error.ts';
import type { FieldError } from '../lib/field-error.ts';
import { isJsonObject, member, memberAt, objectAt, stringAt } from '../lib/json.ts';
import type { JsonValue } from '../lib/json.ts';
import type { Reading } from './reading.ts';
import { listAt, refuseOtherKeys } from './read-shape.ts';

/** The only place that topologies are found at. */
const LABELS = 'label';
/** The last label of each topology; it stands for the node itself. */
const HOSTNAME = 'kubernetes.io/hostname';
/** Volcano's own limit. */
const LONGEST_NAME = 20;

/**
 * Reads Volcano's configuration of controllers (`networkTopologyDiscovery[]`); undefined where no source is enabled. Sources
 * and topologies that nothing can be done with are left out and told.
 */
export function readDiscovery(raw: unknown): Reading<DiscoverySettings | undefined> {
  if (raw === null) return { kind: 'value', value: undefined, trimmed: [] };
  const errors: FieldError[] = [];
  const trimmed: FieldError[] = [];
  if (!isJsonObject(raw)) errors.push(fieldError('(root)', 'FieldValueInvalid', raw, 'must be a map'));
  const top = 'networkTopologyDiscovery';
  refuseOtherKeys(raw, [top], '', trimmed);
  const sources = listAt(raw, top, top, errors).map((each, at) => ({ each, path: `${top}[${at}]` }));
  const enabled = sources.filter(({ each, path }) => isEnabled(each, path, errors));
  const [first, ...others] = enabled.filter(({ each, path }) => isOfLabels(each, path, trimmed));
  for (const { path } of others) {
    trimmed.push(fieldError(path, 'FieldValueDuplicate', LABELS, 'the first source of labels counts'));
  }
  const value = first && { topologies: readTopologies(first.each, first.path, errors, trimmed) };
  return errors.length > 0 ? { kind: 'errors', errors } : { kind: 'value', value, trimmed };
}

function isEnabled(raw: JsonValue, path: string, errors: FieldError[]): boolean {
  const interval = member(raw, 'interval');
  if (interval !== undefined && (typeof interval !== 'string' || durationMs(interval) === undefined)) {
    errors.push(fieldError(`${path}.interval`, 'FieldValueInvalid', interval, 'must be a duration such as 10m'));
  }
  const said = member(raw, 'enabled') ?? false;
  if (typeof said === 'boolean') return said;
  errors.push(fieldError(`${path}.enabled`, 'FieldValueInvalid', said, 'must be true or false'));
  return false;
}

function isOfLabels(raw: JsonValue, path: string, trimmed: FieldError[]): boolean {
  const source = stringAt(raw, ['source']);
  if (source === LABELS) return true;
  const message = 'is not supported: HyperNodes are found by labels of nodes, or made by hand';
  trimmed.push(fieldError(`${path}.source`, 'FieldValueNotSupported', source, message));
  return false;
}

function readTopologies(
  raw: JsonValue,
  path: string,
  errors: FieldError[],
  trimmed: FieldError[],
): readonly LabelledTopology[] {
  // Labels are seen as they change, so that an interval is always kept.
  refuseOtherKeys(raw, ['source', 'enabled', 'interval', 'config'], path, trimmed);
  refuseOtherKeys(memberAt(raw, 'config'), ['networkTopologyTypes'], `${path}.config`, trimmed);
  const at = `${path}.config.networkTopologyTypes`;
  const types = memberAt(raw, 'config', 'networkTopologyTypes');
  if (!isJsonObject(types)) errors.push(fieldError(at, 'FieldValueRequired', types, 'must be a map of topologies'));
  const found: LabelledTopology[] = [];
  for (const type of Object.keys(objectAt(raw, 'config', 'networkTopologyTypes'))) {
    const topology = readTopology(type, types, at, trimmed);
    if (topology === undefined) continue;
    if (!found.some(({ name }) => name === topology.name)) found.push(topology);
    else
      trimmed.push(
        fieldError(
          keyPath(at, type),
          'FieldValueDuplicate',
          type,
          `its HyperNodes are called as those of another one, ${topology.name}`,
        ),
      );
  }
  return found;
}

/** Undefined for one that nothing can be done with. */
function readTopology(type: string, types: unknown, at: string, trimmed: FieldError[]): LabelledTopology | undefined {
  const path = keyPath(at, type);
  const mistakes: FieldError[] = [];
  const keys = listAt(types, type, path, mistakes).map((each) => stringAt(each, ['nodeLabel']));
  const refuse = (message: string, value: unknown = type): void =>
    void mistakes.push(fieldError(path, 'FieldValueInvalid', value, message));
  if (type.length > LONGEST_NAME) refuse(`must have ${LONGEST_NAME} characters at most`);
  if (keys.includes('')) refuse('must be a list of nodeLabel, each with the key of a label');
  if (new Set(keys).size < keys.length) refuse('must name each label once', keys.join(', '));
  if (keys.at(-1) !== HOSTNAME || keys.length === 1) {
    refuse(`must end in ${HOSTNAME}, with at least one label before it`, keys.join(', '));
  }
  trimmed.push(...mistakes);
  return mistakes.length > 0 ? undefined : { name: inNames(type), keys: keys.slice(0, -1).toReversed() };
}

/** As Volcano has it in names of HyperNodes. */
function inNames(type: string): string {
  return type.toLowerCase().replaceAll(/[^a-z0-9.-]/g, '-');
}

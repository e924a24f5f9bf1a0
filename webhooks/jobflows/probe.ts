import { POD_PHASES } from '../../src/api/records/pod-record.ts';
import { fieldError } from '../../src/lib/field-error.ts';
import type { FieldError } from '../../src/lib/field-error.ts';
import { arrayAt, numberAt, stringAt } from '../../src/lib/json.ts';
import type { JsonValue } from '../../src/lib/json.ts';
import type { FlowFacts } from './flow-facts.ts';

/** A token of HTTP, and texts that cannot end their line. */
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
const PATH = /^\/[\x21-\x7e]*$/;

/** What a probe asks that nobody could answer. */
export function probeErrors({ path, probe }: FlowFacts): readonly FieldError[] {
  const at = `${path}.dependsOn.probe`;
  return [
    ...arrayAt(probe, 'httpGetList').flatMap((one, index) => httpErrors(one, `${at}.httpGetList[${index}]`)),
    ...arrayAt(probe, 'tcpSocketList').flatMap((one, index) => tcpErrors(one, `${at}.tcpSocketList[${index}]`)),
    ...arrayAt(probe, 'taskStatusList').flatMap((one, index) => phaseErrors(one, `${at}.taskStatusList[${index}]`)),
  ];
}

function httpErrors(probe: JsonValue, at: string): readonly FieldError[] {
  const path = stringAt(probe, ['path']);
  const name = stringAt(probe, ['httpHeader', 'name']);
  const value = stringAt(probe, ['httpHeader', 'value']);
  const invalid = (field: string, text: string, message: string): FieldError =>
    fieldError(`${at}.${field}`, 'FieldValueInvalid', text, message);
  return [
    ...(path === '' || PATH.test(path) ? [] : [invalid('path', path, 'must begin with / and have no blanks')]),
    ...((name === '' && value === '') || HEADER_NAME.test(name)
      ? []
      : [invalid('httpHeader.name', name, 'must be the name of an HTTP header, such as X-Token')]),
    ...(HEADER_VALUE.test(value) ? [] : [invalid('httpHeader.value', value, 'must be one line')]),
  ];
}

function tcpErrors(probe: JsonValue, at: string): readonly FieldError[] {
  const port = numberAt(probe, ['port'], 0);
  if (port > 0) return [];
  return [fieldError(`${at}.port`, 'FieldValueInvalid', port, 'must be from 1 to 65535')];
}

function phaseErrors(probe: JsonValue, at: string): readonly FieldError[] {
  const phase = stringAt(probe, ['phase']);
  if (phase === '' || POD_PHASES.some((known) => known === phase)) return [];
  const message = `no pod is ever in this phase; these are: ${POD_PHASES.join(', ')}`;
  return [fieldError(`${at}.phase`, 'FieldValueNotSupported', phase, message)];
}

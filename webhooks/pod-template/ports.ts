import { fieldError } from '../../src/lib/field-error.ts';
import type { FieldError } from '../../src/lib/field-error.ts';
import { numberAt, stringAt } from '../../src/lib/json.ts';
import type { JsonValue } from '../../src/lib/json.ts';
import { choiceErrors, portNameProblem, required, uniqueNameErrors } from './names.ts';

const PROTOCOLS = ['TCP', 'UDP', 'SCTP'];
const MAX_PORT = 65_535;
const RANGE = `must be between 1 and ${MAX_PORT}, inclusive`;

/** Ports of one container. */
export function portErrors(ports: readonly JsonValue[], path: string, hostNetwork: boolean): readonly FieldError[] {
  const names = new Set<string>();
  return ports.flatMap((port, index) => {
    const at = `${path}[${index}]`;
    const name = stringAt(port, ['name']);
    return [
      ...(name === '' ? [] : uniqueNameErrors(`${at}.name`, name, portNameProblem, names)),
      ...numberErrors(port, at, hostNetwork),
      ...choiceErrors(`${at}.protocol`, stringAt(port, ['protocol']), PROTOCOLS),
    ];
  });
}

function numberErrors(port: JsonValue, at: string, hostNetwork: boolean): readonly FieldError[] {
  const [container, host] = [numberAt(port, ['containerPort'], 0), numberAt(port, ['hostPort'], 0)];
  const errors: FieldError[] = [];
  if (container === 0) errors.push(required(`${at}.containerPort`));
  else if (!isPort(container)) errors.push(fieldError(`${at}.containerPort`, 'FieldValueInvalid', container, RANGE));
  if (host !== 0 && !isPort(host)) errors.push(fieldError(`${at}.hostPort`, 'FieldValueInvalid', host, RANGE));
  if (hostNetwork && host !== 0 && host !== container) {
    const message = 'must match `hostPort` when `hostNetwork` is true';
    errors.push(fieldError(`${at}.containerPort`, 'FieldValueInvalid', container, message));
  }
  return errors;
}

function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 1 && port <= MAX_PORT;
}

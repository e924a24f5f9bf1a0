import type { AppliedWish, DeviceAmounts } from '../../src/api/accelerators/applied-wish.ts';
import { ACCELERATOR_CLAIM } from '../../src/api/accelerators/claim-template.ts';
import { fieldError, keyPath } from '../../src/lib/field-error.ts';
import type { FieldError } from '../../src/lib/field-error.ts';
import { arrayAt, stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import type { TemplateFacts } from '../template-facts.ts';
import type { AskedDevices } from './asked.ts';

/** All that was applied stands where it was put. */
export function isThere(applied: AppliedWish, asked: readonly AskedDevices[], spec: JsonObject): boolean {
  const { container, resources, claim } = applied;
  const found = asked.find(({ name }) => name === container)?.resources ?? {};
  const hasResources = Object.entries(resources).every(([name, amount]) => found[name] === amount);
  return hasResources && (claim === undefined || isClaimed(spec, container, claim.template));
}

function isClaimed(spec: JsonObject, container: string, template: string): boolean {
  const user = arrayAt(spec, 'containers').find((raw) => stringAt(raw, ['name']) === container);
  return (
    stringAt(ownClaim(spec), ['resourceClaimTemplateName']) === template &&
    arrayAt(user, 'resources', 'claims').some((used) => stringAt(used, ['name']) === ACCELERATOR_CLAIM)
  );
}

function ownClaim(spec: JsonObject): unknown {
  return arrayAt(spec, 'resourceClaims').find((claim) => stringAt(claim, ['name']) === ACCELERATOR_CLAIM);
}

/** What an earlier wish put there is nobody's own. */
export function isOurs(applied: AppliedWish | undefined, { name, resources }: AskedDevices): boolean {
  if (applied === undefined || applied.container !== name) return false;
  return Object.entries(resources).every(([resource, amount]) => applied.resources[resource] === amount);
}

/** Another resource than before, or one in place of a claim: the earlier one cannot be told from one that somebody meant. */
export function leftovers(
  applied: AppliedWish | undefined,
  asked: readonly AskedDevices[],
  next: { readonly amounts: DeviceAmounts; readonly isClaim: boolean },
  { path, spec }: TemplateFacts,
): readonly FieldError[] {
  const resources = asked
    .filter((one) => isOurs(applied, one))
    .flatMap(({ container, resources: own }) =>
      Object.entries(own)
        .filter(([name]) => next.amounts[name] === undefined)
        .map(([name, amount]) => {
          const where = keyPath(`${path}spec.containers[${container}].resources.limits`, name);
          return fieldError(where, 'FieldValueForbidden', String(amount), ANOTHER);
        }),
    );
  const isLeft = applied?.claim !== undefined && !next.isClaim && ownClaim(spec) !== undefined;
  const claims = isLeft
    ? [fieldError(`${path}spec.resourceClaims`, 'FieldValueForbidden', ACCELERATOR_CLAIM, ANOTHER)]
    : [];
  return [...resources, ...claims];
}

const ANOTHER = 'an earlier wish put it there, and the new one comes to another resource; replace the object';

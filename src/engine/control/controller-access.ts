import { accessRule, REQUIRED_ACCESS } from '../../api/access.ts';
import type { AccessRole, AccessRule } from '../../api/access.ts';
import type { Controller } from '../../controllers/controller.ts';
import { CONTROLLERS } from '../../controllers/table.ts';

/** Everything that a role asks of an API server; what rows of the table of controllers ask is part of their role. */
export function accessOf(role: AccessRole): readonly AccessRule[] {
  const rules = REQUIRED_ACCESS[role];
  return role === 'controllers' ? CONTROLLERS.reduce(withController, rules) : rules;
}

/** The rules with what one more controller needs; what they grant already is not said twice. */
export function withController(rules: readonly AccessRule[], { watches, access }: Controller): readonly AccessRule[] {
  const asked = [...watches.map(({ kind }) => accessRule(kind.type, ['list', 'watch'])), ...access];
  return asked.reduce((sum, rule) => (sum.some((known) => grants(known, rule)) ? sum : [...sum, rule]), rules);
}

function grants(known: AccessRule, asked: AccessRule): boolean {
  const isSameObjects = known.type === asked.type && known.subresource === asked.subresource;
  const isEverywhere = known.names.length === 0 && known.scope === 'cluster';
  return isSameObjects && isEverywhere && asked.verbs.every((verb) => known.verbs.includes(verb));
}

import type { PodRules, PodTerm, PodWishes, SpreadRule, WishTerm } from '../../src/api/records/pod-rules.ts';

export const HOST = 'kubernetes.io/hostname';

/** Labels of the pods that `podTerm` speaks of when it names nobody. */
export const OWN_LABELS = ['app', 'own'];

/** A term that speaks of the pods of an application in namespace `ns`; they are the pod's like unless another one is named. */
export function podTerm(topologyKey: string, app = 'own', overrides: Partial<PodTerm> = {}): PodTerm {
  const selector = [{ key: 'app', operator: 'In' as const, values: [app] }];
  const isOwn = app === 'own';
  return { topologyKey, selector, namespaces: ['ns'], namespaceSelector: undefined, isOwn, ...overrides };
}

/** A spread of the pod's like of skew 1, by the defaults of the API. */
export function evenSpread(topologyKey: string, overrides: Partial<SpreadRule> = {}): SpreadRule {
  const policies = { maxSkew: 1, minDomains: 1, honorsAffinity: true, honorsTaints: false };
  return { topologyKey, ...policies, selection: podTerm(topologyKey), isOwn: true, ...overrides };
}

export function podRules(rules: Partial<PodRules>): PodRules {
  return { affinity: [], antiAffinity: [], spread: [], ...rules };
}

/** A term that speaks for the places of the pods that `podTerm` speaks of, or against them when the weight is below zero. */
export function wishTerm(
  topologyKey: string,
  weight: number,
  app = 'own',
  overrides: Partial<WishTerm> = {},
): WishTerm {
  const { selector, namespaces, namespaceSelector } = podTerm(topologyKey, app);
  return { topologyKey, selector, namespaces, namespaceSelector, weight, ...overrides };
}

export function podWishes(wishes: Partial<PodWishes>): PodWishes {
  return { terms: [], spread: [], ...wishes };
}

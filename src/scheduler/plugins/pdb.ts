import type { Plugin } from '../framework/plugin.ts';

/**
 * Volcano's name for minding disruption budgets. Here every eviction minds them, by whatever policy
 * (`ledger/disruption-budgets.ts`), so the name is taken and has no hook: without it they are minded all the same.
 */
export const pdb: Plugin = { name: 'pdb', make: () => ({}) };

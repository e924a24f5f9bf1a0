/** What one process may do; all three by default. */
export type Role = 'webhook' | 'scheduler' | 'controllers';

export const ROLES: readonly Role[] = ['webhook', 'scheduler', 'controllers'];

import type { TaskClass } from '../model/task-class.ts';
import type { Refusal } from '../model/refusal.ts';

/** Why a class is placed nowhere, whatever room there is. */
export function unsupportedNeed({ shape }: TaskClass): Refusal {
  const message = `pods with ${shape.needs.join(', ')} are placed nowhere: Sluice does not look at this yet.`;
  return { code: 'NeedsNotSupported', message };
}

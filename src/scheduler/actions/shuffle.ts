import { bundlesOf, standingTasks } from '../model/bundles.ts';
import type { Task } from '../model/task.ts';
import type { Session } from '../session/session.ts';
import { compareVictims, mayBeEvicted } from './victims.ts';

/**
 * Evicts running tasks that plugins want elsewhere, for nobody in particular. O(tasks x log tasks) in cycles in which a
 * plugin has something to say, O(plugins) in all others.
 */
export function shuffle(session: Session): void {
  const { framework, snapshot, statement } = session;
  if (!framework.shuffles.isDue()) return;
  const running = [...snapshot.tasks.values()]
    .filter((task) => mayBeEvicted(session, task))
    .sort((a, b) => compareVictims(framework, a, b));
  const named = framework.shuffles.named(running);
  const mark = statement.checkpoint();
  for (const task of withoutTorn(running.filter((each) => named.has(each)))) {
    statement.evict(task, { code: 'Shuffled', message: named.get(task) ?? '' });
  }
  session.commitEvictions(mark);
}

/** Without members that their gang cannot spare, unless all of it goes: its rest would run below its minimum. */
function withoutTorn(named: readonly Task[]): readonly Task[] {
  const { safe, whole } = bundlesOf(named);
  if (whole.length === 0) return safe;
  const going = new Set(named);
  const gangs = [...Map.groupBy(whole, ({ job }) => job)];
  const broken = gangs.filter(([job]) => job !== undefined && standingTasks(job)?.every((task) => going.has(task)));
  return [...safe, ...broken.flatMap(([, members]) => members)];
}

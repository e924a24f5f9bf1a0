import { bundlesOf, standingTasks, unitsOf } from '../model/bundles.ts';
import type { Task } from '../model/task.ts';
import type { Session } from '../session/session.ts';
import { mayBeEvicted, worstFirst } from './victims.ts';

/**
 * Evicts running tasks that plugins want elsewhere, for nobody in particular. O(tasks x log tasks) in cycles in which a
 * plugin has something to say, O(plugins) in all others.
 */
export function shuffle(session: Session): void {
  const { framework, snapshot, statement } = session;
  if (!framework.shuffles.isDue()) return;
  const running = [...snapshot.tasks.values()]
    .filter((task) => mayBeEvicted(session, task))
    .sort(worstFirst(framework));
  const named = framework.shuffles.named(running);
  const mark = statement.checkpoint();
  for (const unit of units(running.filter((each) => named.has(each)))) {
    if (!snapshot.budgets.overdraft(unit).isNone) continue;
    for (const task of unit) statement.evict(task, { code: 'Shuffled', message: named.get(task) ?? '' });
  }
  session.commitEvictions(mark);
}

/**
 * Who stays or goes together: members that their gang cannot spare go only with all of it, or its rest would run below its
 * minimum, and so it is with parts; all others go alone.
 */
function units(named: readonly Task[]): readonly (readonly Task[])[] {
  const bundles = bundlesOf(named);
  const going = new Set(named);
  const gangs = [...Map.groupBy(bundles.whole, ({ job }) => job).keys()].flatMap((job) => job ?? []);
  const broken = gangs.flatMap((gang) => {
    const standing = standingTasks(gang);
    return standing?.every((task) => going.has(task)) === true ? [standing] : [];
  });
  const ofBroken = new Set(broken.flat());
  const spared = unitsOf(bundles).filter((unit) => unit.every((task) => going.has(task)));
  return [...spared.filter((unit) => unit.every((task) => !ofBroken.has(task))), ...broken];
}

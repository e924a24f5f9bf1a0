import type { WriteOutcome } from '../../engine/ports.ts';
import { whyOf } from '../cluster/look.ts';
import type { SentRequest } from '../cluster/look.ts';
import { SetupError } from '../setup-error.ts';
import type { Step } from './plan.ts';

/** What carrying out needs of the cluster. */
export interface CarryOutPorts {
  /** What is left to be done, by what there is now. */
  plan(this: void): Promise<readonly Step[]>;
  send(this: void, request: SentRequest): Promise<WriteOutcome>;
  onDone(this: void, what: string): void;
}

/**
 * Makes the first step of the plan and plans again, until nothing is left: each step begins with what there is, and is looked
 * at afterwards. Resolves with what was done; a SetupError says what was not, and a later run goes on from there.
 */
export async function carryOut({ plan, send, onDone }: CarryOutPorts): Promise<readonly string[]> {
  const done: string[] = [];
  for (;;) {
    const [step] = await plan();
    if (step === undefined) return done;
    if (done.includes(step.what))
      throw new SetupError(
        `cannot ${step.what}: it was done, and somebody has put it back; run this again once nobody does`,
      );
    const outcome = await send(step.request);
    if (outcome.kind !== 'done')
      throw new SetupError(`cannot ${step.what}: ${whyOf(outcome)}; run this again to go on`);
    done.push(step.what);
    onDone(step.what);
  }
}

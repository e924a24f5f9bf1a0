import { expect } from 'chai';
import { stepFor } from '../../../src/controllers/vcjob/state-machine.ts';

const ACTIONS = [
  undefined,
  'RestartJob',
  'RestartTask',
  'RestartPod',
  'RestartPartition',
  'AbortJob',
  'TerminateJob',
  'CompleteJob',
  'ResumeJob',
] as const;

/** What each action does, in the order above: `>` leads to a phase, `+` counts as a retry, `some` is of some pods only. */
const TABLE = {
  Pending:
    'sync | >Restarting+ | >Restarting+ some | >Restarting+ some | >Restarting+ some | >Aborting | >Terminating | >Completing | sync',
  Running:
    'sync | >Restarting+ | >Restarting+ some | >Restarting+ some | >Restarting+ some | >Aborting | >Terminating | >Completing | sync',
  Restarting:
    'settle | >Restarting | >Restarting some | >Restarting some | >Restarting some | >Restarting | >Restarting | >Restarting | >Restarting',
  Aborting: 'settle | settle | settle | settle | settle | settle | settle | settle | >Restarting',
  Aborted: 'settle | settle | settle | settle | settle | settle | settle | settle | >Restarting',
  Completing: 'settle | settle | settle | settle | settle | settle | settle | settle | settle',
  Completed: 'settle | settle | settle | settle | settle | settle | settle | settle | settle',
  Terminating: 'settle | settle | settle | settle | settle | settle | settle | settle | settle',
  Terminated: 'settle | settle | settle | settle | settle | settle | settle | settle | settle',
  Failed: 'settle | settle | settle | settle | settle | settle | settle | settle | settle',
} as const;

describe("the state machine of Volcano's Jobs", () => {
  for (const [phase, row] of Object.entries(TABLE)) {
    it(`does in ${phase} what Volcano's table says, but that to go on is no retry`, () => {
      const found = ACTIONS.map((action) => wordsOf(stepFor(phase as keyof typeof TABLE, action)));
      expect(found.join(' | ')).to.equal(row);
    });
  }
});

function wordsOf(step: ReturnType<typeof stepFor>): string {
  if (step.kind === 'sync' || step.kind === 'settle') return step.kind;
  return `>${step.to}${step.isRetry ? '+' : ''}${step.kind === 'killSome' ? ' some' : ''}`;
}

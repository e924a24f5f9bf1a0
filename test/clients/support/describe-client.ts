import { expect } from 'chai';
import { installController } from './real-controller.ts';
import { Lab } from './lab.ts';
import type { LabOptions } from './lab.ts';
import { absenceOf } from './no-answer.ts';
import { report } from './report.ts';
import type { Question } from './report.ts';
import { membersOf, minimaOf, TrialRun } from './trial.ts';
import type { ExpectedGroup, Trial } from './trial.ts';

/** A client or controller of another project, with what is tried by it. */
export interface RealClient extends LabOptions {
  readonly name: string;
  /** Installs what is needed beside the controllers; throws NoAnswer where a registry gives nothing. */
  readonly install?: () => Promise<unknown>;
  readonly prepare?: (lab: Lab) => Promise<void>;
  readonly trials: readonly Trial[];
  /** What else its users do with it, by a sentence that says what becomes of it. */
  readonly uses?: Readonly<Record<string, (lab: Lab) => Promise<void>>>;
}

/** Time for an installation and a start; registries and compilers are slow. */
export const INSTALL_MS = 20 * 60_000;
const TRIAL_MS = 300_000;

/** Installs a client, runs it against a control plane with Sluice, and asks the five questions of each trial. */
export function describeClient(client: RealClient): void {
  describe(client.name, function () {
    this.timeout(TRIAL_MS);
    let lab: Lab | undefined;

    before(async function () {
      this.timeout(INSTALL_MS);
      const absent = await absenceOf(() => installed(client));
      if (absent !== undefined) {
        for (const trial of client.trials) report({ client: trial.client, absent });
        return this.skip();
      }
      lab = await Lab.start(client);
      await client.prepare?.(lab);
    });

    after(async () => {
      await lab?.stop();
    });

    for (const trial of client.trials) describeTrial(trial, () => lab as Lab);
    for (const [sentence, use] of Object.entries(client.uses ?? {})) it(sentence, () => use(lab as Lab));
  });
}

async function installed({ controllers = [], install }: RealClient): Promise<void> {
  for (const controller of controllers) await installController(controller);
  await install?.();
}

function describeTrial(trial: Trial, lab: () => Lab): void {
  describe(trial.client, () => {
    let run: TrialRun;
    let seen: ReturnType<TrialRun['groups']> = [];

    before(async () => {
      if (trial.changes.length === 0) report({ client: trial.client, question: 'survives UPDATE', answer: '-' });
      run = await TrialRun.submit(lab(), trial, '');
      seen = await run.settled(trial.groups);
    });

    asked(trial, 'grouped right', () => expect(membersOf(seen)).to.deep.equal(membersOf(trial.groups)));
    asked(trial, 'minimum right', () => expect(minimaOf(seen)).to.deep.equal(minimaOf(trial.groups)));
    asked(trial, 'queue right', () => {
      for (const group of seen)
        expect([group.queue, ...group.podQueues]).to.deep.equal([run.place.queue, run.place.queue]);
    });

    if (trial.changes.length > 0) {
      asked(trial, 'survives UPDATE', async () => {
        for (const change of trial.changes) expectWhole(await run.changed(change), change.groups);
      });
    }

    asked(trial, 'no deadlock', async () => {
      const rival = await TrialRun.submit(lab(), trial, '-rival');
      await rival.refused();
      expect(
        rival
          .groups()
          .map(({ bound }) => bound)
          .filter((bound) => bound > 0),
        'pods of the rival that run',
      ).to.deep.equal([]);
      await run.remove();
      expectWhole(await rival.settled(trial.groups), trial.groups);
      await rival.remove();
    });
  });
}

function expectWhole(seen: ReturnType<TrialRun['groups']>, expected: readonly ExpectedGroup[]): void {
  expect([membersOf(seen), minimaOf(seen)]).to.deep.equal([membersOf(expected), minimaOf(expected)]);
  expect(
    seen.reduce((total, { bound }) => total + bound, 0),
    'pods that run',
  ).to.equal(seen.flatMap(({ pods }) => Object.values(pods)).reduce((a, b) => a + b, 0));
}

/** A test whose answer also goes into the table. */
function asked(trial: Trial, question: Question, check: () => unknown): void {
  it(question, async () => {
    try {
      await check();
    } catch (error) {
      report({ client: trial.client, question, answer: 'NO' });
      throw error;
    }
    report({ client: trial.client, question, answer: 'yes' });
  });
}

import { CRDS, MUTATING_WEBHOOKS, POD_GROUPS, PODS } from '../../../src/api/resources.ts';
import { arrayAt } from '../../../src/lib/json.ts';
import { startGuardian } from '../../control-plane/guardian.ts';
import type { Guardian } from '../../control-plane/guardian.ts';
import type { ControlPlane } from '../../control-plane/launch.ts';
import { Stage } from '../../e2e/support/stage.ts';
import type { History } from '../../e2e/support/history.ts';
import { startController, unmountCertificates } from './real-controller.ts';
import type { RealController } from './real-controller.ts';

/** What a client needs of its cluster. */
export interface LabOptions {
  readonly controllers?: readonly RealController[];
  /** API groups that Sluice has to be asked about. */
  readonly apiGroups?: readonly string[];
  /** Sluice serves in the place of Volcano, under this release's name. */
  readonly release?: string;
}

/** A control plane with Sluice and the controllers of one client. */
export class Lab {
  readonly stage: Stage;
  readonly guardian: Guardian;

  private constructor(stage: Stage, guardian: Guardian) {
    this.stage = stage;
    this.guardian = guardian;
  }

  /** Starts it all, and resolves once Sluice is asked about objects of these API groups. */
  static async start({ controllers = [], apiGroups = [], release }: LabOptions): Promise<Lab> {
    const nodes = [{ count: 6, cpu: '16', memory: '64Gi' }];
    const kinds = [PODS, POD_GROUPS, CRDS, MUTATING_WEBHOOKS];
    const stage = await Stage.start({ nodes, kinds, ...(release === undefined ? {} : { release }) });
    const lab = new Lab(stage, await startGuardian('sluice-clients'));
    try {
      for (const controller of controllers) await startController(stage.plane, lab.guardian, controller);
      await stage.history.until('the kinds are hooked', () =>
        apiGroups.every((group) => lab.#isHooked(group)) ? true : undefined,
      );
      return lab;
    } catch (error) {
      await lab.stop();
      throw error;
    }
  }

  get plane(): ControlPlane {
    return this.stage.plane;
  }

  get history(): History {
    return this.stage.history;
  }

  /** Runs kubectl; a refusal throws. */
  async kubectl(args: readonly string[], input?: string): Promise<string> {
    const { code, stdout, stderr } = await this.plane.kubectl(args, input);
    if (code !== 0) throw new Error(`kubectl ${args.join(' ')}: ${stderr}`);
    return stdout;
  }

  async stop(): Promise<void> {
    await this.guardian.release();
    await unmountCertificates();
    await this.stage.stop();
  }

  #isHooked(group: string): boolean {
    return this.history
      .all(MUTATING_WEBHOOKS)
      .flatMap((object) => arrayAt(object, 'webhooks'))
      .flatMap((webhook) => arrayAt(webhook, 'rules'))
      .some((rule) => arrayAt(rule, 'apiGroups').includes(group));
  }
}

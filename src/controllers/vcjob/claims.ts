import { VOLUME_CLAIMS } from '../../api/resources.ts';
import { eventOnce } from '../effect.ts';
import type { CreateEffect, Effect, Refusal } from '../effect.ts';
import type { JobLook } from './job-look.ts';
import { lastRefusal } from './last-refusal.ts';
import { lookAgain } from './look-again.ts';
import { ownerReference } from './pod-body.ts';
import { jobRef } from './status.ts';
import { claimBody, volumesOf } from './volumes.ts';
import type { JobVolume } from './volumes.ts';

/** Volcano's words. */
const CLAIM_REFUSED: Refusal = { reason: 'PVCError', start: 'Failed to create PVC, err: ' };

/** How often a claim that people are to make is looked for. */
const CLAIM_WAIT_MS = 2000;

/** Makes the claims that the job has made for it and that are not there. */
export function claimEffects({ job, hasClaim }: JobLook): readonly CreateEffect[] {
  return missingClaims(job, hasClaim)
    .filter(({ madeFrom }) => madeFrom !== undefined)
    .map((volume) => {
      const body = claimBody(job, volume, ownerReference(job));
      const target = { type: VOLUME_CLAIMS, namespace: job.namespace, name: volume.claim };
      return { kind: 'create', ...target, regarding: jobRef(job), body, refusal: CLAIM_REFUSED };
    });
}

/** A job that has no group yet waits for the claims that it names, and says so once; none when all are there. */
export function awaitClaims(look: JobLook): readonly Effect[] {
  const why = claimAwaited(look);
  if (why === '') return [];
  const { job, reported } = look;
  const note = `${CLAIM_REFUSED.start}${why}`;
  const event = { regarding: jobRef(job), type: 'Warning', reason: 'PVCError', action: 'Waiting', note } as const;
  return [...eventOnce(event, reported), lookAgain(CLAIM_WAIT_MS)];
}

/** Why a claim is not there without which the job gets no pods: people have to make it, or the API server does not take it. Empty where none lacks. */
export function claimTrouble(look: JobLook): string {
  const { job, hasClaim } = look;
  const awaited = claimAwaited(look);
  if (awaited !== '' || missingClaims(job, hasClaim).every(({ madeFrom }) => madeFrom === undefined)) return awaited;
  return lastRefusal(look, CLAIM_REFUSED);
}

function claimAwaited({ job, group, hasClaim }: JobLook): string {
  if (group !== undefined) return '';
  const missing = missingClaims(job, hasClaim).find(({ madeFrom }) => madeFrom === undefined);
  if (missing === undefined) return '';
  return `pvc ${missing.claim} is not found, the job will be in the Pending state until the PVC is created`;
}

function missingClaims(job: JobLook['job'], hasClaim: JobLook['hasClaim']): readonly JobVolume[] {
  return volumesOf(job).filter(({ claim }) => !hasClaim(claim));
}

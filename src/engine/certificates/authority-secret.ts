import { ROTATE_ANNOTATION, ROTATION_PHASE, ROTATION_SINCE, ROTATION_UNTIL } from '../../api/keys.ts';
import { stringAt } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import type { CertificateMaker, KeyedCertificate } from './certificate-maker.ts';
import { ROTATION_PHASES } from './rotation.ts';
import type { Rotation, RotationStep } from './rotation.ts';
import { textIn } from './secret-access.ts';

/** Secret of the authority: `tls.crt` and `tls.key` of the one that signs, `next.crt` and `next.key`, all trusted ones in `ca.crt`. */
export const AUTHORITY_SECRET = 'sluice-ca';

/** The authority as it is stored, and how far its rotation is. */
export interface AuthorityState {
  readonly signer: KeyedCertificate;
  /** The authority that will sign next; empty texts when there is none. */
  readonly next: KeyedCertificate;
  readonly bundlePem: string;
  readonly rotation: Rotation;
  /** Somebody has asked for a rotation. */
  readonly isWanted: boolean;
}

const NO_CERTIFICATE: KeyedCertificate = Object.freeze({ certificatePem: '', privateKeyPem: '' });
const STEADY: Rotation = Object.freeze({ phase: 'Steady', sinceMs: 0, untilMs: 0 });

/** What a Secret says; of one that is not there, nothing. */
export function readAuthority(secret: JsonObject | undefined): AuthorityState {
  const note = (key: string): string => stringAt(secret, ['metadata', 'annotations', key]);
  const phase = ROTATION_PHASES.find((one) => one === note(ROTATION_PHASE)) ?? 'Steady';
  return {
    signer: { certificatePem: textIn(secret, 'tls.crt'), privateKeyPem: textIn(secret, 'tls.key') },
    next: { certificatePem: textIn(secret, 'next.crt'), privateKeyPem: textIn(secret, 'next.key') },
    bundlePem: textIn(secret, 'ca.crt'),
    rotation: { phase, sinceMs: timeOf(note(ROTATION_SINCE)), untilMs: timeOf(note(ROTATION_UNTIL)) },
    isWanted: note(ROTATE_ANNOTATION) !== '',
  };
}

/** What the Secret is to hold, as a merge patch; fields that end are null. */
export function authorityContent({ signer, next, bundlePem, rotation, isWanted }: AuthorityState): JsonObject {
  const isSteady = rotation.phase === 'Steady';
  const hasNext = next.certificatePem !== '';
  return {
    metadata: {
      annotations: {
        [ROTATION_PHASE]: isSteady ? null : rotation.phase,
        [ROTATION_SINCE]: isSteady ? null : new Date(rotation.sinceMs).toISOString(),
        [ROTATION_UNTIL]: rotation.untilMs === 0 ? null : new Date(rotation.untilMs).toISOString(),
        ...(isWanted ? {} : { [ROTATE_ANNOTATION]: null }),
      },
    },
    ...(hasNext ? {} : { data: { 'next.crt': null, 'next.key': null } }),
    stringData: {
      'tls.crt': signer.certificatePem,
      'tls.key': signer.privateKeyPem,
      'ca.crt': bundlePem,
      ...(hasNext ? { 'next.crt': next.certificatePem, 'next.key': next.privateKeyPem } : {}),
    },
  };
}

/** What a step may need beside the state. */
export interface StepContext {
  readonly maker: CertificateMaker;
  readonly nowMs: number;
  /** Of `replace`: what others trust of old. */
  readonly knownBundles: readonly string[];
}

/** The state after the step. */
export async function afterStep(
  state: AuthorityState,
  step: RotationStep,
  context: StepContext,
): Promise<AuthorityState> {
  const { maker, nowMs } = context;
  switch (step) {
    case 'replace':
      return replaced(state, context);
    case 'prepare': {
      const next = await maker.createAuthority(nowMs);
      const bundlePem = maker.composeBundle([next.certificatePem, state.signer.certificatePem, state.bundlePem]);
      return { ...state, next, bundlePem, rotation: begun('Prepare', nowMs), isWanted: false };
    }
    case 'switch':
      return { ...state, signer: state.next, next: NO_CERTIFICATE, rotation: begun('Switch', nowMs) };
    case 'confirm':
      return { ...state, rotation: begun('Confirm', nowMs) };
    case 'retire':
      // Whatever the authority before has signed was signed by now.
      return { ...state, rotation: { ...begun('Retire', nowMs), untilMs: nowMs + maker.servingLifeMs } };
    case 'finish':
      return { ...state, bundlePem: maker.composeBundle([state.signer.certificatePem]), rotation: STEADY };
    case 'restamp':
      return { ...state, rotation: { ...state.rotation, sinceMs: nowMs } };
  }
}

/** The key of the one before is lost or worthless: there is nothing to wait for, but what it has signed stays trusted. */
async function replaced(state: AuthorityState, context: StepContext): Promise<AuthorityState> {
  const { maker, nowMs } = context;
  const signer = await maker.createAuthority(nowMs);
  const before = [state.signer.certificatePem, state.bundlePem, ...context.knownBundles];
  const bundlePem = maker.composeBundle([signer.certificatePem, ...before]);
  const isFirst = maker.composeBundle(before) === '';
  const rotation = isFirst ? STEADY : begun('Switch', nowMs);
  return { signer, next: NO_CERTIFICATE, bundlePem, rotation, isWanted: false };
}

function begun(phase: Rotation['phase'], sinceMs: number): Rotation {
  return { phase, sinceMs, untilMs: 0 };
}

function timeOf(text: string): number {
  const timeMs = Date.parse(text);
  return Number.isFinite(timeMs) ? timeMs : 0;
}

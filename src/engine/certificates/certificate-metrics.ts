/** Series of the authority's rotation; each replica tells what it saw in its last look. */

/** End of the signing authority's life, seconds since 1970. */
export const AUTHORITY_NOT_AFTER_SECONDS = 'sluice_authority_not_after_seconds';
/** 1 for the phase that the rotation is in, 0 for the others. */
export const ROTATION_PHASE_SERIES = 'sluice_authority_rotation_phase';
/** Begin of that phase, seconds since 1970; 0 while no rotation is under way. */
export const ROTATION_SINCE_SECONDS = 'sluice_authority_rotation_since_seconds';
/** Looks at the certificates, by result. */
export const CERTIFICATE_LOOKS_TOTAL = 'sluice_certificate_looks_total';
/** How far our clock is ahead of the API server's, in seconds. */
export const CLOCK_SKEW_SECONDS = 'sluice_clock_skew_seconds';

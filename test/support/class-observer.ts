/** Nobody wants to know which classes are in use. */
export const NOBODY = {
  claim: (): void => undefined,
  release: (): void => undefined,
};

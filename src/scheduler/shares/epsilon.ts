/** Amounts closer than this count as equal (Volcano's epsilon). */
export const EPSILON = 0.1;

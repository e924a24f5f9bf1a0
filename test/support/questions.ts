import type { QuestionPorts } from '../../src/engine/admission/questions.ts';

/** For rows that ask nothing: whoever asks all the same gets no answer. */
export const NOBODY_KNOWS: QuestionPorts = {
  authorise: () => Promise.reject(new Error('nobody was to be asked')),
  place: () => Promise.reject(new Error('nobody was to be asked')),
  fetch: () => Promise.reject(new Error('nobody was to be asked')),
  fit: () => Promise.reject(new Error('nobody was to be asked')),
};

import type { AdmissionRequest } from '../../../webhooks/admission.ts';
import type {
  Answer,
  Answers,
  AuthoriseQuestion,
  FetchQuestion,
  FitQuestion,
  PlaceQuestion,
  Question,
} from '../../../webhooks/question.ts';
import type { Clock } from '../ports.ts';

/** Who answers what the view cannot tell. A port may take its time and may fail: then the answer is that nobody knows. */
export interface QuestionPorts {
  authorise(question: AuthoriseQuestion, request: AdmissionRequest): Promise<Answer>;
  place(question: PlaceQuestion): Promise<Answer>;
  fetch(question: FetchQuestion): Promise<Answer>;
  fit(question: FitQuestion): Promise<Answer>;
}

/** Answers all questions side by side; what is not answered by the deadline (monotonic) is unknown, or later. */
export async function answerQuestions(
  questions: readonly Question[],
  request: AdmissionRequest,
  ports: QuestionPorts,
  clock: Clock,
  deadlineMs: number,
): Promise<Answers> {
  const budgetMs = Math.max(0, deadlineMs - clock.monotonicMs());
  const answers = await Promise.all(
    questions.map((question) => inTime(ask(question, request, ports), unknown(question), clock, budgetMs)),
  );
  return new Map(questions.map((question, i) => [question.key, answers[i] ?? unknown(question)]));
}

function ask(question: Question, request: AdmissionRequest, ports: QuestionPorts): Promise<Answer> {
  switch (question.kind) {
    case 'authorise':
      return ports.authorise(question, request);
    case 'place':
      return ports.place(question);
    case 'fetch':
      return ports.fetch(question);
    case 'fit':
      return ports.fit(question);
  }
}

function unknown(question: Question): Answer {
  switch (question.kind) {
    case 'authorise':
      return { kind: 'authorise', verdict: 'unknown' };
    case 'place':
      return { kind: 'place', node: undefined };
    case 'fetch':
      return { kind: 'fetch', object: 'unknown' };
    case 'fit':
      return { kind: 'fit', fit: 'unknown' };
  }
}

function inTime(answer: Promise<Answer>, otherwise: Answer, clock: Clock, budgetMs: number): Promise<Answer> {
  if (budgetMs === Infinity) return answer.catch(() => otherwise);
  return new Promise((resolve) => {
    const cancel = clock.after(budgetMs, () => resolve(otherwise));
    answer.then(
      (known) => {
        cancel();
        resolve(known);
      },
      () => {
        cancel();
        resolve(otherwise);
      },
    );
  });
}

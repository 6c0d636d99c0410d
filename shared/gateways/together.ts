interface Batch<Q, A> {
  readonly questions: Q[];
  readonly answers: Promise<readonly A[]>;
}

/**
 * Answers those who ask while an earlier answer is under way all at once, by the next one: a crowd costs two answers.
 * @param answer gives one answer to each question, in their order; when it rejects, all who asked are refused
 */
export function together<Q, A>(
  answer: (questions: readonly Q[]) => Promise<readonly A[]>,
): (question: Q) => Promise<A> {
  let underWay: Promise<unknown> = Promise.resolve();
  let next: Batch<Q, A> | undefined;

  function open(): Batch<Q, A> {
    const questions: Q[] = [];
    const answers = underWay.then(() => {
      next = undefined;
      return answer(questions);
    });
    underWay = answers.catch(() => {});
    return {questions, answers};
  }

  return async (question) => {
    next ??= open();
    const place = next.questions.push(question) - 1;
    const found = (await next.answers)[place];
    if (found === undefined) throw new Error('a question without an answer');
    return found;
  };
}

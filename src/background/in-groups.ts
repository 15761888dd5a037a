/**
 * What is asked for while one piece of work is under way is worked on together in the next. A commit waits for the disk,
 * whatever is in it; so the busier it gets, the less each of them costs. Nobody waits for company.
 * @param work its answers stand in the order of what was asked; where it fails, it failed for all of them.
 */
export function inGroups<Asked, Answer>(work: (group: readonly Asked[]) => Promise<readonly Answer[]>) {
  let next: { asked: Asked[]; answers: Promise<readonly Answer[]> } | null = null;
  let last: Promise<unknown> = Promise.resolve();

  function open() {
    const asked: Asked[] = [];
    const begin = () => {
      next = null;
      return work(asked);
    };
    const answers = last.then(begin, begin);
    last = answers;
    next = { asked, answers };
    return next;
  }

  return async (one: Asked): Promise<Answer> => {
    const { asked, answers } = next ?? open();
    const place = asked.push(one) - 1;
    const answer = (await answers)[place];
    if (answer === undefined) throw new Error('There is no answer for what was asked.');
    return answer;
  };
}

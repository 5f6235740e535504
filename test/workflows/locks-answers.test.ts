import { expect, test } from 'vitest';
import { Answers } from '../../workflows/locks/answers.js';

const answer = { accepted: true, reason: 'done' };

test('an answer is kept as long as what was signed may come again, however many others come', () => {
  const answers = new Answers([]);
  answers.keep({ id: 'lift', answer, until: 1_000 }, 0);
  for (let nth = 0; nth < 300; nth++) answers.keep({ id: `forged-${nth}`, answer }, 1_000);
  expect(answers.of('lift')).toBeDefined();
  expect(answers.all).toHaveLength(100);
  expect(answers.of('forged-299')).toBeDefined();
  answers.keep({ id: 'one more', answer }, 1_001);
  expect(answers.of('lift')).toBeUndefined();
});

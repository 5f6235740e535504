import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { parseParams } from '../../apps/cli/params.js';
import splitCustomerName from '../../runbooks/split-customer-name.js';
import { drillCommand } from '../../src/drill/command.js';

const plan = splitCustomerName.evaluate({ canary: [10, 50] });

/** The words that a shell makes of it. */
function wordsOf(command: string): string[] {
  const { stdout } = spawnSync('sh', ['-c', `for word in ${command}; do printf '%s\\0' "$word"; done`]);
  return stdout.toString().split('\0').slice(0, -1);
}

const paramsIn = (words: readonly string[]) =>
  parseParams(words.filter((_, index) => words[index - 1] === '--param'));

it('the command that drills a plan makes the very same plan', () => {
  const words = wordsOf(drillCommand(plan, { environment: 'drills', file: 'split.ts' }));
  expect(words.slice(0, 8)).toEqual('switchback drill run split.ts --env drills --server URL'.split(' '));
  expect(splitCustomerName.evaluate(paramsIn(words))).toEqual(plan);
});

it('says what it does not know, and loses nothing of what is odd', () => {
  const params = {
    number: 5,
    text: '5',
    yes: 'true',
    quote: "it's",
    list: ['a b', null],
    empty: '',
    dollar: '$HOME;',
  };
  const words = wordsOf(drillCommand({ ...plan, params }, { environment: 'drills' }));
  expect(words[3]).toBe('FILE');
  expect(paramsIn(words)).toEqual(params);
});

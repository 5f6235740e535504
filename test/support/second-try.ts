import { afterEach } from 'vitest';

/** Says which tests pass only the second time: a fault to find (CONTRIBUTING.md). */
afterEach(({ task }) => {
  if (task.result?.retryCount) console.error(`second try: ${task.file.name} > ${task.name}`);
});

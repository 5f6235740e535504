import { afterEach } from 'vitest';

/** Says which tests pass only the second time, and why not the first: a fault to find (CONTRIBUTING.md). */
afterEach(({ task: { name, file, result } }) => {
  if (!result?.retryCount) return;
  console.error(`second try: ${file.name} > ${name}\n${result.errors?.[0]?.stack}`);
});

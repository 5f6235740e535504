/**
 * Whether a runbook's name is meant by a pattern, in which `*` stands for any text.
 *
 * @example
 * matches('split-*', 'split-customer-name'); // true
 */
export function matches(pattern: string, runbook: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  if (rest.length === 0) return pattern === runbook;
  if (!runbook.startsWith(first)) return false;
  const last = rest.pop() ?? '';
  let at = first.length;
  for (const part of rest) {
    const found = runbook.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return runbook.length - last.length >= at && runbook.endsWith(last);
}

import { expect, it } from 'vitest';
import { auditTo } from '../../../apps/api/audit.js';

it('tells of each refused attempt, and above 60 a minute from one address of their number', () => {
  let now = 0;
  const lines: { readonly event: string; readonly address: string; readonly count?: number }[] = [];
  const audit = auditTo(
    (line) => void lines.push(JSON.parse(line) as (typeof lines)[number]),
    () => now,
  );
  const attempt = { operation: 'approve', status: 401, problem: 'unauthenticated' };
  for (let nth = 0; nth < 100; nth++) audit.refused({ ...attempt, address: '10.0.0.1' });
  audit.refused({ ...attempt, address: '10.0.0.2' });
  expect(lines).toHaveLength(61);
  now = 60_000;
  audit.refused({ ...attempt, address: '10.0.0.1' });
  expect(lines.slice(61)).toMatchObject([
    { event: 'refused-more', address: '10.0.0.1', count: 40 },
    { event: 'refused', address: '10.0.0.1' },
  ]);
});

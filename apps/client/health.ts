import type { Health } from '../../activities/temporal/health.js';

/** What is wrong with a workflow every task of which fails, in words that follow its name. */
export function brokenText(health: Extract<Health, { state: 'broken' }>): string {
  const { because, message, since, tries } = health;
  const what = because === 'history' ? 'its history does not replay' : 'its code fails';
  const [first = ''] = message.split('\n');
  return `${what}, tried ${tries} times since ${new Date(since).toISOString()}: ${first}`;
}

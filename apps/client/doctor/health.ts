import type { Health } from '../../../activities/temporal/health.js';
import { brokenText } from '../health.js';
import { fail, ok, warn, type Finding } from './check.js';

/** Milliseconds. A task is taken within a moment while a worker runs. */
const longWait = 10_000;

/**
 * What a workflow's health means to people.
 *
 * @param repair what to do when it is broken
 */
export function findingOf(workflow: string, health: Health, repair: string): Finding {
  switch (health.state) {
    case 'absent':
      return ok(`${workflow} does not exist yet: it begins when it is needed`);
    case 'well':
      return ok(`${workflow} is at work`);
    case 'ended':
      return ok(`${workflow} was ${health.how}: it begins again when it is needed`);
    case 'paused':
      return fail(
        `${workflow} is paused: it decides nothing and answers nobody`,
        `temporal workflow unpause -w ${workflow}`,
      );
    case 'broken':
      return fail(`${workflow} is broken: ${brokenText(health)}`, repair);
    case 'waiting': {
      const ago = Date.now() - health.since;
      if (ago < longWait) return ok(`${workflow} is at work`);
      const found = `${workflow} has waited for a worker for ${Math.round(ago / 1_000)} s`;
      return warn(found, 'start a worker of its build: switchback builds shows which');
    }
  }
}

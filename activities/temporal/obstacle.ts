import type { Health } from './health.js';

/** Why a workflow does not act on what reaches it. */
export interface Obstacle {
  /** It does not pass by itself: nobody has to wait and see. */
  readonly forGood: boolean;
  /** In words. */
  readonly is: string;
  /** What to do, a line for each way. */
  readonly todo: readonly string[];
}

/** What keeps a workflow from acting; undefined when nothing does, or when it has ended. */
export function obstacleOf(workflowId: string, health: Health): Obstacle | undefined {
  const [, environment = ''] = workflowId.split('/');
  switch (health.state) {
    case 'paused':
      return {
        forGood: true,
        is: 'its workflow is paused in Temporal, so that it neither goes on nor takes anything back',
        todo: [`let it go on: temporal workflow unpause --workflow-id ${workflowId}`],
      };
    case 'broken':
      return {
        forGood: true,
        is: `its workflow fails at every try (${firstLine(health.message)})`,
        todo: [
          `start a worker of the build that it belongs to, see: switchback builds --env ${environment}`,
          `or give it up and take it back: temporal workflow terminate --workflow-id ${workflowId}, then switchback rescue ${workflowId}`,
        ],
      };
    case 'waiting':
      return {
        forGood: false,
        is: 'no worker takes what it has to do',
        todo: [
          `start a worker: switchback worker --env ${environment}`,
          `or, when only workers of other builds run: switchback builds move ${workflowId} --to BUILD`,
        ],
      };
    case 'well':
    case 'ended':
    case 'absent':
      return undefined;
  }
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? '';
}

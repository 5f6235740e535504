import type { StoredMessage } from '../../../apps/local/slack-workspace.js';
import type { Workspace } from '../../support/slack/workspace.js';
import type { StandingRollout } from '../../support/slack/rollout.js';
import { clickedPlan } from './plans.js';

/** A rollout that asks, and the message by which it does, as it stands now. */
export interface Asked {
  readonly rollout: StandingRollout;
  question(): Promise<StoredMessage>;
}

let number = 0;

/** Has a new rollout ask in a workspace. */
export async function askIn(workspace: Workspace, step = 'approve/go'): Promise<Asked> {
  const name = `split-name-${(number += 1)}`;
  const rollout = workspace.rollout(clickedPlan(name));
  rollout.record('act-done', 'every row has both shapes', {
    evidence: { rows: 12_345, merged: 0, batches: 3 },
  });
  rollout.record('act-done', 'every row is the same', { evidence: { rows: 12_345 } });
  rollout.ask(step, 25);
  await workspace.tell(rollout);
  const ts = workspace.store.rows.findLast(
    ({ rollout: id, about }) => id === rollout.id && about.startsWith('gate/'),
  )!.ts;
  return {
    rollout,
    question: async () => (await workspace.messages()).find((message) => message.ts === ts)!,
  };
}

/** What a message says. */
export const textOf = ({ blocks = [] }: StoredMessage): string =>
  blocks
    .flatMap(({ text, fields = [] }) => [text?.text ?? '', ...fields.map((field) => field.text)])
    .join('\n');

/** Its first line. */
export const titleOf = ({ blocks = [] }: StoredMessage): string | undefined => blocks[0]?.text?.text;

/** The buttons under it. */
export const buttonsOf = ({ blocks = [] }: StoredMessage) =>
  blocks.flatMap(({ type, elements = [] }) =>
    type === 'actions' ? elements.map((one) => one.action_id) : [],
  );

/** What people have decided, or tried to. */
export const decisionsOf = ({ state }: StandingRollout) =>
  state.journal.flatMap(({ type, by, via, evidence }) =>
    type === 'decision'
      ? [{ by, via, decision: evidence?.['decision'], accepted: evidence?.['accepted'] }]
      : [],
  );

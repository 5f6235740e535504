import type { Afflicted, TroubleStore } from '../../../activities/slack/troubles.js';

/** Who has which trouble, for as long as the process lives. */
export function memoryTroubles(): TroubleStore {
  const rows: { readonly cause: string; readonly trouble: string; member: Afflicted }[] = [];
  const open = () => rows.filter(({ member }) => member.how !== 'over');
  const rowOf = (trouble: string, rollout: string) =>
    rows.find((row) => row.trouble === trouble && row.member.rollout === rollout);
  return {
    join(cause, member) {
      const trouble = open().findLast((row) => row.cause === cause)?.trouble ?? `${cause}/${member.at}`;
      const row = rowOf(trouble, member.rollout);
      if (row) row.member = member;
      else rows.push({ cause, trouble, member });
      return Promise.resolve(trouble);
    },
    change(trouble, member) {
      const row = rowOf(trouble, member.rollout);
      if (row) row.member = member;
      return Promise.resolve();
    },
    of: (rollout) => Promise.resolve(open().filter(({ member }) => member.rollout === rollout)),
    members: (trouble) =>
      Promise.resolve(rows.filter((row) => row.trouble === trouble).map(({ member }) => member)),
  };
}

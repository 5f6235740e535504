import type { Told } from './speaking.js';
import { plain } from './words.js';

/** Who has the candidate. Not when that was read: an edit each second would say nothing new. */
export function exposedText({ report }: Pick<Told, 'report'>): string {
  const { exposure, exposureReadAt, looks } = report;
  const unread = looks?.find(({ percent }) => percent === undefined);
  if (unread)
    return `not known: ${plain(unread.target)} ${unread.verdict === 'unread' ? 'cannot be read' : 'has other rules'}`;
  if (exposure === 0) return 'nobody';
  return exposureReadAt === undefined ? `up to ${exposure} % of users` : `${exposure} % of users`;
}

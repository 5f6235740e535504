import { isForeign } from '../../../src/engine/state/look.js';
import type { Told } from './speaking.js';
import { listed, plain } from './words.js';

/** Who has the candidate, and by what. Not when that was read: an edit each second would say nothing new. */
export function exposedText({ report }: Pick<Told, 'report'>): string {
  const { exposure, exposureReadAt, looks = [] } = report;
  const unread = looks.find(({ percent }) => percent === undefined);
  if (unread)
    return `not known: ${plain(unread.target)} ${unread.verdict === 'unread' ? 'cannot be read' : 'has other rules'}`;
  if (exposure === 0) return 'nobody';
  const share = `${exposureReadAt === undefined ? 'up to ' : ''}${exposure} % of users`;
  if (looks.length === 0) return share;
  // Each target has users of its own: what they add up to nobody knows.
  const by = looks.map((look) => {
    const percent = look.percent === exposure ? '' : `${look.percent} % `;
    const stranger = isForeign(look) ? ', changed by somebody else' : '';
    return `${percent}by \`${plain(look.target)}\`${stranger}`;
  });
  return `${share}, ${listed(by)}`;
}

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
  // Each target has users of its own: what they add up to nobody knows.
  const by = looks.map((look) => {
    const stranger = isForeign(look) ? ', changed by somebody else' : '';
    return `${look.percent} % by \`${plain(look.target)}\`${stranger}`;
  });
  const share = `${exposureReadAt === undefined ? 'up to ' : ''}${exposure} % of users`;
  return by.length === 0 ? share : `${share}: ${listed(by)}`;
}

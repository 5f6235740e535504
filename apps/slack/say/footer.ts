import type { Block } from '../../../activities/slack/message.js';
import { small } from './blocks.js';
import { linkTo } from './link.js';
import type { Told } from './speaking.js';
import { plain } from './words.js';

/** Which rollout it is, by what commands take. */
export function footer({ report, link }: Told): Block {
  const { rollout, digest } = report;
  const id = plain(rollout);
  const shown = link === undefined ? `\`${id}\`` : `<${linkTo(link, rollout)}|${id}>`;
  return small(`${shown} · plan ${digest.slice(0, 12)}`);
}

import { BadAnswer } from './bad-answer.js';

/** How much of an answer has come. */
export interface Progress {
  bytes: number;
}

/** Bytes of an answer, unpacked, after which it is no endpoint that anybody meant to read every few seconds. */
export const longestAnswer = 64_000_000;

/**
 * The text of a response. Counted while it comes and after it was unpacked: a length that was announced may be wrong,
 * and a small packed answer may be an endless one. Throws `BadAnswer` when it is longer than `longestAnswer`.
 */
export async function readText(source: string, response: Response, progress: Progress): Promise<string> {
  const decoder = new TextDecoder();
  const parts: string[] = [];
  for await (const chunk of response.body ?? []) {
    progress.bytes += chunk.length;
    if (progress.bytes > longestAnswer) {
      const fix = 'name an address that answers with less';
      throw new BadAnswer(source, `answers with more than ${longestAnswer / 1_000_000} MB`, fix);
    }
    parts.push(decoder.decode(chunk, { stream: true }));
  }
  return parts.join('') + decoder.decode();
}

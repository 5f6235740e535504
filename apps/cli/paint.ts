import { stripVTControlCharacters } from 'node:util';
import pc from 'picocolors';

/** Functions that colour text, or leave it as it is. */
export type Paint = ReturnType<typeof pc.createColors>;

/** What decides whether colours are written. */
interface Terminal {
  readonly isTTY?: boolean | undefined;
}

/** Colours for a terminal that wants them: never into a file or pipe, and never against NO_COLOR. */
export function paintFor(stream: Terminal, env: NodeJS.ProcessEnv): Paint {
  return pc.createColors(stream.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb');
}

/** Columns that a text takes, colours not counted. */
export function widthOf(text: string): number {
  return [...stripVTControlCharacters(text)].length;
}

/** Fills up with spaces on the right. */
export function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)));
}

/** Cuts plain text that is too long, and shows that it did. */
export function cut(text: string, width: number): string {
  const characters = [...text];
  if (characters.length <= width) return text;
  return width < 1 ? '' : `${characters.slice(0, width - 1).join('')}…`;
}

/** A line that may have colours, within the columns; one that is cut loses them. */
export function fit(line: string, width: number): string {
  return widthOf(line) <= width ? line : cut(stripVTControlCharacters(line), width);
}

/** A line with something at its right end; the left is plain text and gives way. */
export function spread(left: string, right: string, width: number): string {
  const gap = width - widthOf(left) - widthOf(right);
  return right === '' ? left : `${left}${' '.repeat(Math.max(1, gap))}${right}`;
}

/** Breaks plain text between words into lines of at most `width` columns. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).filter(Boolean)) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  return line === '' ? lines : [...lines, line];
}

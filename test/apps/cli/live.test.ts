import { describe, expect, it } from 'vitest';
import { createLive } from '../../../apps/cli/live.js';

/** As much of a terminal as `live` uses: what one would see, and how often the cursor left the lines it owns. */
function terminal(columns = 20, rows = 6) {
  const lines: string[] = [''];
  let row = 0;
  const seen = { cursor: true };
  return {
    columns,
    rows,
    seen,
    text: () =>
      lines
        .map((line) => line.trimEnd())
        .join('\n')
        .trimEnd(),
    write(text: string) {
      // Escape sequences are told apart by a character that nothing here prints.
      for (const [token] of text.replaceAll('\u001b', '§').matchAll(/§\[[?\d]*[A-Za-z]|\r|\n|[^§\r\n]+/g)) {
        if (token === '\n') lines[++row] ??= '';
        else if (token === '\r' || token === '§[K') continue;
        else if (token === '§[J') lines.splice(row, lines.length - row, '');
        else if (token === '§[?25l') seen.cursor = false;
        else if (token === '§[?25h') seen.cursor = true;
        else if (/^§\[\d+A$/.test(token)) row -= Number(token.slice(2, -1));
        else lines[row] = token;
      }
    },
  };
}

describe('live lines', () => {
  it('are painted over those before, also when there are fewer', () => {
    const screen = terminal();
    const live = createLive(screen);
    live.show(['one', 'two', 'three']);
    live.show(['uno', 'due']);
    expect(screen.text()).toBe('uno\ndue');
  });

  it('stay below what is said', () => {
    const screen = terminal();
    const live = createLive(screen);
    live.show(['one', 'two']);
    live.say('news');
    live.show(['uno', 'due']);
    expect(screen.text()).toBe('news\nuno\ndue');
  });

  it('are cut at the edges of the screen, where they could not be reached again', () => {
    const screen = terminal(10, 4);
    const live = createLive(screen);
    live.show(['a', 'b', 'c', 'd', 'long long long']);
    expect(screen.text()).toBe('c\nd\nlong long…');
  });

  it('hide the cursor while they live, and give it back', () => {
    const screen = terminal();
    const live = createLive(screen);
    live.show(['one']);
    expect(screen.seen.cursor).toBe(false);
    live.clear();
    expect([screen.seen.cursor, screen.text()]).toEqual([true, '']);
    live.show(['one']);
    live.end();
    expect([screen.seen.cursor, screen.text()]).toEqual([true, 'one']);
  });
});

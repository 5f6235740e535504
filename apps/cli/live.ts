import { fit } from './paint.js';

/** The terminal that is painted on. */
export interface Screen {
  write(text: string): unknown;
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
}

/** Lines that are painted in one place again and again. */
export interface Live {
  /** Columns there are. */
  readonly width: number;
  /** Lines that can be repainted: those above the edge of the screen are out of reach. */
  readonly height: number;
  /** Paints the lines over those painted before. Lines that do not fit are cut, the topmost left out. */
  show(lines: readonly string[]): void;
  /** Writes text that stays, above the lines. */
  say(text: string): void;
  /** Takes the lines away, to ask something in their place; the next `show` paints them again. */
  clear(): void;
  /** Leaves the lines as they are and gives the cursor back. */
  end(): void;
}

const hideCursor = '\u001b[?25l';
const showCursor = '\u001b[?25h';
const toLineEnd = '\u001b[K';
const toScreenEnd = '\u001b[J';

/** Paints on a terminal: each frame is one write that overwrites the last, so that nothing flickers. */
export function createLive(screen: Screen): Live {
  let painted: readonly string[] = [];
  let hidden = false;

  const width = () => screen.columns ?? 80;
  const height = () => Math.max(1, (screen.rows ?? 24) - 1);
  const up = () => (painted.length > 0 ? `\u001b[${painted.length}A\r` : '\r');
  const give = () => {
    if (hidden) screen.write(showCursor);
    hidden = false;
    process.off('exit', give);
  };
  const take = () => {
    if (hidden) return '';
    hidden = true;
    // Also when the process ends in the middle: a terminal without a cursor is a nuisance.
    process.on('exit', give);
    return hideCursor;
  };

  return {
    get width() {
      return width();
    },
    get height() {
      return height();
    },
    show(lines) {
      // A line that wraps would take two rows, and the next frame would begin one too low.
      const next = lines.slice(-height()).map((line) => fit(line, width()));
      const body = next.map((line) => `${line}${toLineEnd}\n`).join('');
      screen.write(`${take()}${up()}${body}${toScreenEnd}`);
      painted = next;
    },
    say(text) {
      const kept = painted.map((line) => `${line}${toLineEnd}\n`).join('');
      screen.write(`${up()}${toScreenEnd}${text.replace(/\n?$/, '\n')}${kept}`);
    },
    clear() {
      screen.write(`${up()}${toScreenEnd}`);
      painted = [];
      give();
    },
    end() {
      painted = [];
      give();
    },
  };
}

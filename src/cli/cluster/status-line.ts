/**
 * What a long command tells on standard error while it works: one line that is overwritten on a
 * terminal, a line at the start elsewhere. Invariant: whatever else is written, the line is taken
 * away before.
 */
import { withoutSecrets } from '../../output/hide-secrets.ts';
import { visibleText } from '../../output/visible-text.ts';
import type { StandardStreams } from '../../platform/standard-streams.ts';
import type { Terminal } from '../../platform/terminal.ts';

/** Carriage return, then erase the line (ECMA-48: EL). */
const ERASE_LINE = '\r\u001b[2K';

export class StatusLine {
  private readonly streams: StandardStreams;
  private readonly terminal: Terminal;
  private isShown = false;
  private lastTopic = '';
  private isOver = false;

  constructor(streams: StandardStreams, terminal: Terminal) {
    this.streams = streams;
    this.terminal = terminal;
  }

  /** `topic` stays the same during one wait; `detail` changes and is for terminals only. */
  show(topic: string, detail = ''): void {
    if (this.isOver) return;
    if (this.terminal.isErrorTerminal) {
      const text = visibleText(detail === '' ? topic : `${topic}  ${detail}`);
      // The last column stays free: a character there makes some terminals break the line.
      const line = text.slice(0, Math.max(0, this.terminal.errorColumns() - 1));
      this.streams.writeError(`${ERASE_LINE}${line}`);
      this.isShown = true;
    } else if (topic !== this.lastTopic) {
      this.streams.writeError(`${visibleText(topic)}\n`);
    }
    this.lastTopic = topic;
  }

  /** A line that stays. */
  note(text: string): void {
    if (this.isOver) return;
    this.clear();
    this.streams.writeError(`note: ${visibleText(withoutSecrets(text))}\n`);
  }

  /** The last thing: requests that nobody waits for any more must not tell of their end. */
  end(): void {
    this.clear();
    this.isOver = true;
  }

  clear(): void {
    if (this.isShown) this.streams.writeError(ERASE_LINE);
    this.isShown = false;
  }
}

import { SingleBar, type Options } from "cli-progress";

/** The phase of the season that is under way. */
export interface PhaseProgress {
  /** Says what is being done now. */
  label(text: string): void;
  /** One step further. */
  step(text?: string): void;
  /** More steps than were foreseen. */
  extend(steps: number): void;
}

/** Shows on standard error how far the season is: a bar a phase on a terminal, a line a phase elsewhere. */
export class Progress {
  private readonly started = Date.now();

  constructor(private readonly quiet: boolean) {}

  /** Runs one phase under its own bar. */
  async phase<T>(title: string, steps: number, run: (progress: PhaseProgress) => Promise<T>): Promise<T> {
    if (this.quiet || !process.stderr.isTTY) return this.plainly(title, run);
    const bar = new SingleBar(BAR);
    bar.start(steps, 0, { title: title.padEnd(TITLE_WIDTH), text: "" });
    try {
      const result = await run({
        label: (text) => bar.update({ text }),
        step: (text) => bar.increment(1, text === undefined ? {} : { text }),
        extend: (more) => bar.setTotal(bar.getTotal() + more),
      });
      bar.update(bar.getTotal(), { text: this.clock() });
      return result;
    } finally {
      bar.stop();
    }
  }

  private async plainly<T>(title: string, run: (progress: PhaseProgress) => Promise<T>): Promise<T> {
    const nothing = () => {};
    const result = await run({ label: nothing, step: nothing, extend: nothing });
    if (!this.quiet) process.stderr.write(`${title.padEnd(TITLE_WIDTH)} done at ${this.clock()}\n`);
    return result;
  }

  private clock(): string {
    return `${((Date.now() - this.started) / 1000).toFixed(1)} s`;
  }
}

const TITLE_WIDTH = 22;

const BAR: Options = {
  format: "{title} [{bar}] {value}/{total} {text}",
  barCompleteChar: "=",
  barIncompleteChar: " ",
  barsize: 24,
  hideCursor: true,
  clearOnComplete: false,
  // the process must be able to end on a signal while a bar is drawn
  gracefulExit: false,
};

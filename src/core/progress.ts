// How long work tells of itself. Whoever started it decides whether that becomes a bar, a line or nothing.

export type Progress = {
  /** Begins a stage of `total` steps; `total` absent means unknown. */
  start(stage: string, total?: number): ProgressStage;
};

export type ProgressStage = {
  advance(steps?: number, note?: string): void;
  /** `summary` is what stays on the screen. */
  end(summary?: string): void;
};

const silentStage: ProgressStage = { advance() {}, end() {} };

export const silentProgress: Progress = { start: () => silentStage };

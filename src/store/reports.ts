import { armFigures, type ArmFigures, type ArmScope } from './reports/arm-figures';
import { figures, type Figures, type FigureScope, type Grouping } from './reports/figures';
import { scoreCells, type ScoreCell, type ScoreScope } from './reports/score-cells';
import type { Db } from './sql';

export { SCORE_BINS } from './reports/score-cells';
export type { ArmFigures, ArmScope, Figures, FigureScope, Grouping, ScoreCell, ScoreScope };

/** What the log of decisions and outcomes adds up to; each in one statement. Outcomes count at the time of their decision, however late they came. */
export interface Reports {
  /** Largest first, times in order; at most `most`. */
  figures(advertiserId: string, scope: FigureScope, grouping: Grouping, most: number): Promise<Figures[]>;
  /** For each arm at most two: of people who are known, and of requests of nobody known. */
  armFigures(advertiserId: string, scope: ArmScope): Promise<ArmFigures[]>;
  /** What was predicted and what came of it, by time and by score. */
  scoreCells(advertiserId: string, scope: ScoreScope): Promise<ScoreCell[]>;
}

export function reports(db: Db): Reports {
  return {
    figures: (advertiserId, scope, grouping, most) => figures(db, advertiserId, scope, grouping, most),
    armFigures: (advertiserId, scope) => armFigures(db, advertiserId, scope),
    scoreCells: (advertiserId, scope) => scoreCells(db, advertiserId, scope),
  };
}

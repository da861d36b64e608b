import type { LoopReport } from '../../ml/train/loop';
import type { LearningTools } from './recipes';

/** Passes on what a training thread tells. */
export function loopReporter({ report }: LearningTools): (loop: LoopReport) => void {
  let validationLoss: number | null = null;
  const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);
  return ({ step, steps, loss, tokensPerSecond, secondsLeft, evaluation }) => {
    validationLoss = evaluation?.loss ?? validationLoss;
    // A cancelled run hears of it by the signal.
    void report({ phase: 'TRAINING', step, steps, loss: finite(loss), validationLoss, tokensPerSecond: finite(tokensPerSecond), secondsLeft: finite(secondsLeft) }).catch(() => undefined);
  };
}

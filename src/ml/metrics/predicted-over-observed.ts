import { checkProbabilities, checkSamples, type Values } from './samples';

/**
 * Calibration in the large: sum w p / sum w y. 1 is right, 1.2 promises a fifth too many clicks. Infinite where nothing was
 * observed but something predicted, NaN where neither was. Source: He et al. 2014 ("Practical Lessons", as its inverse).
 */
export function predictedOverObserved(probabilities: Values, labels: Values, weights?: Values): number {
  const w = checkSamples(probabilities, labels, weights);
  checkProbabilities(probabilities);
  let predicted = 0;
  let observed = 0;
  for (let i = 0; i < w.length; i++) {
    predicted += w[i]! * probabilities[i]!;
    observed += w[i]! * labels[i]!;
  }
  return predicted / observed;
}

/** From raw log-odds to probabilities that hold. Saved beside the model as `calibration.json`. */
import { AdloomError } from '../../base/errors';
import type { PlattCalibration } from '../metrics/platt';

export interface LinearCalibration extends PlattCalibration {
  /** Spread of true log-odds around the curve's. */
  readonly deviation: number;
}

export interface Calibration {
  /** For texts behind a prefix, and for texts on their own: the two are different questions with different base rates. */
  withPrefix: LinearCalibration;
  withoutPrefix: LinearCalibration;
}

export const UNCALIBRATED: Calibration = {
  withPrefix: { slope: 1, intercept: 0, deviation: 0 },
  withoutPrefix: { slope: 1, intercept: 0, deviation: 0 },
};

/** @throws MODEL_INVALID naming what is missing */
export function parseCalibration(text: string): Calibration {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new AdloomError('MODEL_INVALID', 'calibration.json is not valid JSON.', { field: 'calibration.json', cause });
  }
  for (const part of ['withPrefix', 'withoutPrefix'] as const) {
    const entry = (json as Record<string, Record<string, unknown> | undefined> | null)?.[part];
    for (const key of ['slope', 'intercept', 'deviation']) {
      if (typeof entry?.[key] !== 'number' || !Number.isFinite(entry[key])) {
        throw new AdloomError('MODEL_INVALID', `calibration.json needs a finite number ${part}.${key}.`, { field: 'calibration.json', hint: 'Train or calibrate the model again.' });
      }
    }
  }
  return json as Calibration;
}

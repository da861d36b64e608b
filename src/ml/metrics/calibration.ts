import { AdloomError } from '../../base/errors';
import { applyIsotonic, type IsotonicCalibration } from './isotonic';
import { applyPlatt, type PlattCalibration } from './platt';

/** What turns a model's score into a probability; saved as `calibration.json` beside the model it was fitted for. */
export type Calibration = PlattCalibration | IsotonicCalibration;

export const CALIBRATION_FILE = 'calibration.json';

export function applyCalibration(calibration: Calibration, score: number): number {
  return calibration.kind === 'platt' ? applyPlatt(calibration, score) : applyIsotonic(calibration, score);
}

export function formatCalibration(calibration: Calibration): string {
  return `${JSON.stringify(calibration)}\n`;
}

/** @throws MODEL_INVALID naming the field. Other fields of the file are left to its reader. */
export function parseCalibration(json: string): Calibration {
  let raw: Record<string, unknown>;
  try {
    raw = Object(JSON.parse(json)) as Record<string, unknown>;
  } catch (cause) {
    throw invalid('it is not valid JSON', cause);
  }
  if (raw['kind'] === 'platt') {
    const { slope, intercept } = raw;
    if (!Number.isFinite(slope) || !Number.isFinite(intercept)) throw invalid('slope and intercept must be finite numbers');
    return { kind: 'platt', slope: slope as number, intercept: intercept as number };
  }
  if (raw['kind'] !== 'isotonic') throw invalid(`kind must be "platt" or "isotonic", but is ${JSON.stringify(raw['kind']) ?? 'absent'}`);
  const { x, y } = raw;
  const rising = (values: unknown, strictly: boolean): values is number[] =>
    Array.isArray(values) && values.every((value, i) => Number.isFinite(value) && (i === 0 || (strictly ? value > values[i - 1] : value >= values[i - 1])));
  if (!rising(x, true) || x.length === 0) throw invalid('x must be a list of rising numbers');
  if (!rising(y, false) || y.length !== x.length || y[0]! < 0 || y.at(-1)! > 1) throw invalid(`y must be ${x.length} numbers from 0 to 1 that never fall`);
  return { kind: 'isotonic', x, y };
}

function invalid(wrong: string, cause?: unknown): AdloomError {
  return new AdloomError('MODEL_INVALID', `${CALIBRATION_FILE}: ${wrong}.`, { field: CALIBRATION_FILE, hint: 'Calibrate the model again.', cause });
}

/** `precision.json` beside a model: what its builds in fewer bits cost, and the ranges that fix the scales of its 8-bit build. */
import type { GateFigures } from './gate';
import { BUILDS, type Build } from './builds';
import type { Ranges } from './ranges';

export interface PrecisionReport {
  /** Identity of the weights that were judged. */
  model: string;
  /** Names the fixed set of groups. */
  set: string;
  builds: Partial<Record<Build, GateFigures>>;
  ranges: Ranges;
}

export const PRECISION_FILE = 'precision.json';

const FIGURES = ['groups', 'candidates', 'top1', 'top1Alone', 'ece', 'error', 'margin', 'again'] as const;

/** Ranges with four digits, which is more than eight bits tell apart. */
export function formatReport({ model, set, builds, ranges }: PrecisionReport): string {
  const digits = (values: Float32Array): number[] => Array.from(values, (v) => Number(v.toPrecision(4)));
  const lists = [...ranges].map(([name, { low, high }]) => `    ${JSON.stringify(name)}: ${JSON.stringify({ low: digits(low), high: digits(high) })}`);
  return `{\n  "model": ${JSON.stringify(model)},\n  "set": ${JSON.stringify(set)},\n  "builds": ${JSON.stringify(builds, null, 2).replaceAll('\n', '\n  ')},\n  "ranges": {\n${lists.join(',\n')}\n  }\n}\n`;
}

/**
 * A report is believed only whole and only about the weights that it names.
 * @param text undefined where there is no file
 * @returns the report, or why there is none to go by
 */
export function parseReport(text: string | undefined, model: string): PrecisionReport | { missing: string } {
  if (text === undefined) return { missing: `there is no ${PRECISION_FILE} beside the model` };
  try {
    const json = JSON.parse(text) as { model: unknown; set: unknown; builds: Record<string, GateFigures>; ranges: Record<string, { low: number[]; high: number[] }> };
    if (json.model !== model) return { missing: `${PRECISION_FILE} is about the weights ${String(json.model)}, and these are ${model}` };
    const builds: PrecisionReport['builds'] = {};
    for (const name of BUILDS) {
      const figures = json.builds[name];
      if (figures && FIGURES.every((key) => Number.isFinite(figures[key]))) builds[name] = figures;
    }
    const ranges = new Map(Object.entries(json.ranges).map(([name, { low, high }]) => [name, { low: numbers(low), high: numbers(high) }]));
    if ([...ranges.values()].some(({ low, high }) => low.length !== high.length || low.some((v, k) => v > high[k]!))) throw new Error('a range that ends before it begins');
    return { model, set: String(json.set), builds, ranges };
  } catch (error) {
    return { missing: `${PRECISION_FILE} cannot be read (${error instanceof Error ? error.message : String(error)})` };
  }
}

function numbers(list: unknown): Float32Array {
  if (!Array.isArray(list) || !list.every((v) => Number.isFinite(v))) throw new Error('a range that is no list of numbers');
  return Float32Array.from(list as number[]);
}

/** Logged choices: who was shown what, and whether they clicked. */
import { badInput } from '../../base/errors';
import { hash32 } from '../../base/rng';
import { readCsv } from './read-csv';

export interface Choice {
  /** Text of the profile; empty for nobody in particular. */
  profile: string;
  text: string;
  clicked: boolean;
  /** How much it counts; 1 when absent. */
  weight?: number;
}

const CLICKED: Readonly<Record<string, boolean>> = { '1': true, '0': false, true: true, false: false };
/** One person in so many validates. */
const HELD_OUT = 8;

/** Reads a CSV file with the columns profile, text and clicked (1 or 0). @throws BAD_INPUT naming the row */
export async function readChoices(file: string): Promise<Choice[]> {
  return (await readCsv(file, ['profile', 'text', 'clicked'])).map(({ profile, text, clicked }, i) => {
    const value = CLICKED[clicked.trim().toLowerCase()];
    if (value === undefined) throw badInput(file, `Row ${i + 1} of ${file} says clicked ${JSON.stringify(clicked)}; it must be 1 or 0.`, 'Write 1 for a click, 0 for none.');
    if (text.trim() === '') throw badInput(file, `Row ${i + 1} of ${file} has no text.`, 'Leave out rows without text.');
    return { profile, text, clicked: value };
  });
}

/** People are held out whole; choices of nobody in particular by their text. The same choice is always on the same side. */
export function splitChoices(choices: readonly Choice[]): { training: Choice[]; validation: Choice[] } {
  const isHeldOut = ({ profile, text }: Choice): boolean => hash32(`choice:${profile === '' ? text : profile}`) % HELD_OUT === 0;
  return { training: choices.filter((c) => !isHeldOut(c)), validation: choices.filter(isHeldOut) };
}

/** Whether choices can teach or judge anything. */
export function hasBothOutcomes(choices: readonly Choice[]): boolean {
  return choices.some(({ clicked }) => clicked) && choices.some(({ clicked }) => !clicked);
}

/** @throws BAD_INPUT where choices could teach or judge nothing */
export function requireBothOutcomes(choices: readonly Choice[], field: 'training' | 'validation'): void {
  if (hasBothOutcomes(choices)) return;
  const clicks = choices.filter(({ clicked }) => clicked).length;
  const what = choices.length === 0 ? 'no choices' : `${choices.length} choices, ${clicks === 0 ? 'none' : 'all'} of them clicked`;
  throw badInput(field, `An adapter needs clicks and choices without a click for ${field}; there are ${what}.`, `Give choices of more people: one in ${HELD_OUT} is held out whole to validate, and of choices of nobody in particular one text in ${HELD_OUT}.`);
}

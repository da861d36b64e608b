import { inTurns } from '../../base/in-turns';
import type { WordsJob } from './learn-words';

/** A log as columns, which cross to a thread at next to no cost. Profiles' texts, the bulk of a log, become numbers: they only tell choices apart. */
export interface LogColumns {
  readonly texts: readonly string[];
  /** Place among `texts`, and number of the profile, 0 for none, of each choice. */
  readonly text: Int32Array;
  readonly profile: Int32Array;
  readonly clicked: Uint8Array;
  readonly weight: Float64Array;
  readonly base: Float64Array;
}

type Log = WordsJob['logs'][number];

export async function toColumns({ choices, base }: Log): Promise<LogColumns> {
  const [texts, profiles] = [new Map<string, number>(), new Map<string, number>([['', 0]])];
  const numberOf = (known: Map<string, number>, text: string): number => {
    const number = known.get(text) ?? known.size;
    known.set(text, number);
    return number;
  };
  const [text, profile, clicked, weight] = [new Int32Array(choices.length), new Int32Array(choices.length), new Uint8Array(choices.length), new Float64Array(choices.length)];
  let i = 0;
  for await (const slice of inTurns(choices)) {
    for (const choice of slice) {
      text[i] = numberOf(texts, choice.text);
      profile[i] = numberOf(profiles, choice.profile);
      clicked[i] = Number(choice.clicked);
      weight[i] = choice.weight ?? 1;
      i += 1;
    }
  }
  return { texts: [...texts.keys()], text, profile, clicked, weight, base: Float64Array.from(base) };
}

export function fromColumns({ texts, text, profile, clicked, weight, base }: LogColumns): Log {
  const choices = Array.from(text, (place, i) => ({ profile: profile[i] === 0 ? '' : String(profile[i]), text: texts[place]!, clicked: clicked[i] === 1, weight: weight[i]! }));
  return { choices, base: [...base] };
}

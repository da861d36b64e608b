// Eight headlines for one campaign, prompt to text.
import { median, quantile, repeat, round } from '../measure.mjs';
import { product } from '../platform.mjs';

export async function run({ deps }) {
  const { writerPrompt } = product('domain/copy/prompt');
  const prompt = writerPrompt({ vertical: 'ecommerce', format: 'HEADLINE', tone: 'playful', interests: ['trail running'], slots: ['<product>', '<offer>'] });
  let tokens = 0;
  const taken = await repeat(15, async (i) => {
    const { generations } = await deps.generator.generate({
      prompt, count: 8, seed: i + 10, maxGraphemes: 30,
      placeholders: { '<product>': 'Alba', '<offer>': '20% off' }, bannedWords: ['cheap'],
    });
    tokens += generations.reduce((sum, g) => sum + g.tokens, 0);
  });
  return [
    { name: 'write 8 headlines, p50', value: round(median(taken)), unit: 'ms' },
    { name: 'write 8 headlines, p99', value: round(quantile(taken, 0.99)), unit: 'ms' },
    { name: 'write 8 headlines, tokens/s', value: round((tokens / 17 / median(taken)) * 1000, 0), unit: '1/s' },
  ];
}

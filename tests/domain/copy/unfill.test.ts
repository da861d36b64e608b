import * as fc from 'fast-check';
import { fillSlots } from '../../../src/domain/copy/fill';
import { COPY_FORMATS } from '../../../src/domain/copy/format';
import { readPrompt, writerPrompt } from '../../../src/domain/copy/prompt';
import { SLOTS, type Slot } from '../../../src/domain/copy/slots';
import { unfillSlots, type SlotFact } from '../../../src/domain/copy/unfill';

const FACTS: SlotFact[] = [
  { slot: '<product>', text: 'Alba Trail' }, { slot: '<brand>', text: 'Alba' }, { slot: '<offer>', text: '20% off this week' }, { slot: '<offer>', text: 'free delivery' },
  { slot: '<price>', text: '£49' }, { slot: '<feature>', text: 'a waterproof membrane' }, { slot: '<interest>', text: 'trail running' },
];

describe('facts taken out of copy', () => {
  it.each([
    ['Alba Trail: 20% off this week', '<product>: <offer>'],
    ['ALBA TRAIL, by Alba', '<product>, by <brand>'],
    ['Free delivery. From £49.', '<offer>. From <price>.'],
    ["Alba's new shoe", "<brand>'s new shoe"],
    ['Albatross weather', 'Albatross weather'],
    ['For £490', 'For £490'],
    ['Trail  running, with a waterproof membrane', '<interest>, with <feature>'],
    ['Nothing of ours', 'Nothing of ours'],
  ])('%s', (text, template) => {
    expect(unfillSlots(text, FACTS)).toBe(template);
  });

  it('are never looked for in the slots themselves', () => {
    expect(unfillSlots('The product of Brand', [{ slot: '<feature>', text: 'product' }, { slot: '<product>', text: 'Brand' }])).toBe('The <feature> of <product>');
  });

  it('come back where they are filled in again', () => {
    const facts = Object.fromEntries(FACTS.map(({ slot, text }) => [slot, text]));
    const word = fc.constantFrom('Mud', 'on', 'your', 'shins', 'the', 'long', 'way', ...SLOTS);
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 8 }), (words) => {
        const template = words.join(' and ');
        const filled = fillSlots(template, facts);
        expect(filled.ok && fillSlots(unfillSlots(filled.text, FACTS), facts)).toEqual(filled);
      }),
    );
  });
});

describe("a writer's prompt", () => {
  it('is read as it was written', () => {
    const words = fc.stringMatching(/^[a-z]{1,8}( [a-z]{1,8})?$/);
    fc.assert(
      fc.property(words, fc.constantFrom(...COPY_FORMATS), words, fc.array(words, { maxLength: 3 }), fc.subarray<Slot>([...SLOTS]), (vertical, format, tone, interests, slots) => {
        const parts = { vertical, format, tone, interests, slots };
        expect(readPrompt(writerPrompt(parts))).toEqual(parts);
      }),
    );
  });

  it.each(['', 'Mud on your shins', '<|vertical|>ecommerce<|format|>poem<|tone|>warm<|interest|><|slots|><|copy|>'])('is not read from %j', (text) => {
    expect(readPrompt(text)).toBeNull();
  });
});

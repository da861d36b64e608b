import { moneyText } from '../../domain/copy/money-text';
import { readPrompt, type PromptParts } from '../../domain/copy/prompt';
import { hasSlot, slotsIn, SLOTS, type Slot } from '../../domain/copy/slots';
import { unfillSlots, type SlotFact } from '../../domain/copy/unfill';
import type { CopyFormat } from '../../domain/copy/format';
import type { Campaign } from '../../domain/entities/campaign';
import type { Creative } from '../../domain/entities/creative';
import { checkPieces, guardContextOf, isBlocked } from '../../domain/guard/check-copy';
import type { Lexicon } from '../../domain/guard/lexicon';
import { unknownNames } from '../../domain/guard/rules/unknown-names';
import { unknownNumbers } from '../../domain/guard/rules/unknown-numbers';
import { writtenVertical } from '../generation/copy-facts';
import type { CopyTemplate } from './winners';

type Texts = Pick<Creative, 'headline' | 'body' | 'callToAction'>;

/**
 * A creative's headline and body as the writer would write them. Generated copy is kept so; of copy by people the facts become slots,
 * and a line that says more than its facts and common words (a number, a name) is left out, as nothing can be learnt from it that
 * holds for another product. Calls to action are too few and too short to tell.
 */
export function copyTemplates(creative: Creative, campaign: Campaign, lexicon: Lexicon | null): CopyTemplate[] {
  const { provenance } = creative;
  if (provenance === null) return humanTemplates(creative, campaign, lexicon);
  const prompt = readPrompt(provenance.prompt);
  if (prompt === null) return [];
  return formatsOf({ ...provenance.template, callToAction: null }).map(([format, text]) => ({ prompt: { ...prompt, format }, text }));
}

function humanTemplates(creative: Texts, campaign: Campaign, lexicon: Lexicon | null): CopyTemplate[] {
  const facts = factsOf(campaign);
  const offered = SLOTS.filter((slot) => facts.some((fact) => fact.slot === slot) && slot !== '<interest>');
  return formatsOf(creative).flatMap(([format, whole]) => {
    const disclaimer = campaign.voice.requiredDisclaimer;
    const copy = disclaimer === null ? whole : whole.replace(disclaimer, '').trim();
    const text = unfillSlots(copy, facts);
    if (text === '' || !standsAlone(text, campaign, lexicon)) return [];
    const interest = campaign.audience.interestsAnyOf.find((name) => slotsIn(text).includes('<interest>') && mentions(copy, name));
    const slots: Slot[] = interest === undefined ? [...offered] : [...offered, '<interest>'];
    const prompt: PromptParts = { vertical: writtenVertical(campaign.vertical), format, tone: campaign.voice.tone, interests: interest === undefined ? [] : [interest], slots };
    return [{ prompt, text }];
  });
}

function formatsOf({ headline, body }: Texts): [CopyFormat, string][] {
  return [['HEADLINE', headline], ...(body === null ? [] : [['BODY', body] as [CopyFormat, string]])];
}

function factsOf({ product, audience }: Campaign): SlotFact[] {
  const fact = (slot: Slot, text: string | null): SlotFact[] => (text === null ? [] : [{ slot, text }]);
  return [
    ...fact('<product>', product.name),
    ...fact('<brand>', product.brand),
    ...fact('<price>', product.price && moneyText(product.price.micros, product.price.currency)),
    ...product.offers.flatMap((text) => fact('<offer>', text)),
    ...product.features.flatMap((text) => fact('<feature>', text)),
    ...audience.interestsAnyOf.flatMap((text) => fact('<interest>', text)),
  ];
}

/** Whether a product without a single fact could be advertised with what is left beside the slots. */
function standsAlone(text: string, campaign: Campaign, lexicon: Lexicon | null): boolean {
  const bare = hasSlot(text) ? text.replace(/<[a-z]+>/g, 'it') : text;
  const nothing = { ...campaign, product: { ...campaign.product, name: '', brand: null, description: null, features: [], offers: [], price: null }, voice: { ...campaign.voice, requiredDisclaimer: null } };
  return !isBlocked(checkPieces([{ field: 'headline', format: 'HEADLINE', text: bare }], guardContextOf(nothing, { strict: true, lexicon }), [unknownNames, unknownNumbers]));
}

function mentions(copy: string, interest: string): boolean {
  return unfillSlots(copy, [{ slot: '<interest>', text: interest }]) !== copy;
}

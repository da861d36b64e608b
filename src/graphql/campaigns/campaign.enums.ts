import type { CampaignStatus, Pacing, Tone, Vertical } from '../../domain/entities/campaign';
import type { CampaignSortField } from '../../modules/campaigns/read-campaigns';
import { enumType } from '../enum-type';

export const VerticalEnum = enumType<Vertical>('Vertical', 'The trade that a campaign advertises in; some are regulated.', {
  ECOMMERCE: 'Goods sold online.',
  EDUCATION: 'Courses and degrees.',
  FINANCE: 'Accounts, cards, investments. Regulated: age, gender, family and address never reach a model.',
  TRAVEL: 'Trips and stays.',
  MEDIA: 'News, games, films, music.',
  OTHER: 'Anything else.',
});

export const ToneEnum = enumType<Tone>('Tone', 'How copy sounds.', {
  PLAYFUL: 'Light and witty.',
  WARM: 'Friendly, close.',
  CONFIDENT: 'Sure of itself.',
  PLAIN: 'Says what it is.',
  PREMIUM: 'Calm and choice.',
  URGENT: 'Now rather than later.',
});

export const CampaignStatusEnum = enumType<CampaignStatus>('CampaignStatus', 'Where a campaign stands.', {
  DRAFT: 'Being prepared.',
  ACTIVE: 'Running within its flight.',
  PAUSED: 'Held for now.',
  ENDED: 'Over for good.',
  ARCHIVED: 'Kept to be read only.',
});

export const PacingEnum = enumType<Pacing>('Pacing', 'How the budget is spread over the flight.', {
  EVEN: 'The same share every day.',
  AS_FAST_AS_POSSIBLE: 'As soon as there is somebody to show it to.',
});

export const CampaignSortFieldEnum = enumType<CampaignSortField>('CampaignSortField', 'What campaigns are sorted by.', {
  CREATED_AT: 'When it was made.',
  UPDATED_AT: 'When it last changed.',
  NAME: 'Its name.',
});

export const SortDirectionEnum = enumType<'ASC' | 'DESC'>('SortDirection', 'Which way a list is sorted.', {
  ASC: 'Smallest or oldest first.',
  DESC: 'Largest or newest first.',
});

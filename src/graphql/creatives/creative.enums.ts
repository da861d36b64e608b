import type { CreativeOrigin, CreativeStatus, FindingSeverity } from '../../domain/entities/creative';
import type { CreativeChange } from '../../modules/creatives/creative-changed';
import type { CreativeSortField } from '../../modules/creatives/read-creatives';
import type { ReviewVerdict } from '../../modules/creatives/review-creative';
import { enumType } from '../enum-type';

export const CreativeOriginEnum = enumType<CreativeOrigin>('CreativeOrigin', 'Where copy comes from.', {
  HUMAN: 'A person wrote it here.',
  GENERATED: 'A model wrote it.',
  IMPORTED: 'It came with imported data.',
});

export const CreativeStatusEnum = enumType<CreativeStatus>('CreativeStatus', 'Where a creative stands; only APPROVED ones are ranked.', {
  DRAFT: 'Being written.',
  IN_REVIEW: 'Waiting for a verdict.',
  APPROVED: 'May run.',
  PAUSED: 'Approved, held for now.',
  REJECTED: 'May not run.',
  ARCHIVED: 'Kept to be read only.',
});

export const FindingSeverityEnum = enumType<FindingSeverity>('FindingSeverity', 'How grave a finding is.', {
  INFO: 'Worth knowing.',
  WARNING: 'Worth a look before approval.',
  BLOCKING: 'Must be mended: copy with it is never approved.',
});

export const ReviewVerdictEnum = enumType<ReviewVerdict>('ReviewVerdict', 'What a reviewer decides.', {
  SUBMIT: 'Hand a draft in for review.',
  APPROVE: 'Let it run.',
  REJECT: 'Do not let it run.',
  PAUSE: 'Hold an approved creative.',
  RESUME: 'Let a held one run again.',
  ARCHIVE: 'Put it away for good.',
});

export const CreativeChangeEnum = enumType<CreativeChange>('CreativeChangeKind', 'What happened to a creative.', {
  CREATED: 'It was made.',
  UPDATED: 'Its copy changed.',
  REVIEWED: 'Its status changed.',
});

export const CreativeSortFieldEnum = enumType<CreativeSortField>('CreativeSortField', 'What creatives are sorted by.', {
  CREATED_AT: 'When it was made.',
  UPDATED_AT: 'When it last changed.',
  IMPRESSIONS: 'How often it was shown.',
  CLICKS: 'How often it was clicked.',
  HEADLINE: 'Its headline.',
});

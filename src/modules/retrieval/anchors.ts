/**
 * What people of no one taste in particular might have looked at: the prefixes behind which GPT-2 reads a creative once, for what it
 * will say behind anybody's. One as long as a full profile, one as short as a new one; each across all verticals.
 */
export const ANCHORS: readonly string[] = [
  [
    'Trail shoes with a rock plate', 'Beginner piano course, ten evenings', 'How an index fund works', 'Two nights in Lisbon by rail',
    'Cast-iron pan, 26 cm', 'A history of the night sky, in four parts', 'Puppy crate and harness set', 'Roll-neck jumper in merino',
  ].join(' | '),
  ['Houseplants that forgive', 'Python for people with jobs', 'Ferry and campsite planner'].join(' | '),
];

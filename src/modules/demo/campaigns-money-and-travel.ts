import type { DemoCampaign } from './demo-campaign';

export const MONEY_AND_TRAVEL: readonly DemoCampaign[] = [
  {
    key: 'tuppence', name: 'Tuppence Pot: save for what matters', vertical: 'FINANCE', product: 'Tuppence Pot', brand: 'Tuppence',
    description: 'A savings pot with easy access and round-ups.',
    features: ['round-ups on every purchase', 'easy access to your money'], offers: ['4.1% interest, variable', 'a £20 welcome when you save £100'],
    price: '1', currency: 'GBP', url: 'https://tuppence.example/pot', tone: 'PLAIN', bannedWords: ['get rich', 'no brainer'],
    interests: [], clickValue: '0.70', conversionValue: '22',
    creatives: [
      ['Small change, put to work', 'Tuppence Pot has round-ups on every purchase. You spend; it saves.', 'Open a pot'],
      ['Money for the rainy day', 'Put by a little each payday. Easy access to your money when it pours.', 'Start small'],
      ['Begin with £1', 'A habit is worth more than a sum. Tuppence Pot keeps yours going.', 'Start a pot'],
      ['Name it, then save for it', 'The trip, the shelf of plants, the quiet month. 4.1% interest, variable.', 'Name your pot'],
    ],
  },
  {
    key: 'alder', name: 'Alder Invest: the patient way', vertical: 'FINANCE', product: 'Alder Invest', brand: 'Alder',
    description: 'Index portfolios with one fee, for people who do not watch the ticker.',
    features: ['one fee, shown up front', 'portfolios of index funds'], offers: ['no platform fee until spring', 'a £25 start'],
    price: '25', currency: 'GBP', url: 'https://alder.example/invest', tone: 'CONFIDENT', bannedWords: ['get rich', 'hot tip', 'beat the market'],
    disclaimer: 'Capital at risk.', interests: ['investing', 'index funds', 'pensions', 'data science', 'saving'], clickValue: '0.90', conversionValue: '48',
    creatives: [
      ['Patience, with a plan', 'Alder Invest builds portfolios of index funds. Capital at risk.', 'See the plan'],
      ['Boring is a strategy', 'One fee, shown up front, and nothing to watch at lunch. Capital at risk.', 'Look inside'],
      ['Plant it, then let it be', 'Alder is for years, not for weeks. From £25. Capital at risk.', 'Begin with Alder'],
      ['Know what you pay', 'One fee, shown up front. No platform fee until spring. Capital at risk.', 'Read the fee'],
    ],
  },
  {
    key: 'doorstep', name: 'Doorstep: a first home, step by step', vertical: 'FINANCE', product: 'Doorstep', brand: 'Doorstep',
    description: 'A mortgage broker for first homes, with a person who calls back.',
    features: ['an adviser who calls back', 'a plan for every payslip'], offers: ['no broker fee', 'a free first call'],
    price: '0', currency: 'GBP', url: 'https://doorstep.example', tone: 'WARM', bannedWords: ['instant approval', 'guaranteed'],
    disclaimer: 'A loan secured on your home.', interests: ['first home', 'budgeting', 'saving', 'home decor'], clickValue: '1.10', conversionValue: '90',
    creatives: [
      ['Keys begin with a call', 'Talk to an adviser who calls back. A loan secured on your home.', 'Book a call'],
      ['A door of your own', 'Doorstep takes the forms; you take the tape measure. A loan secured on your home.', 'Take a step'],
      ['Home, one payslip at a time', 'With a plan for every payslip. A loan secured on your home.', 'See your plan'],
    ],
  },
  {
    key: 'wayfare', name: 'Wayfare Weeks: trips by people who went', vertical: 'TRAVEL', product: 'Wayfare Weeks', brand: 'Wayfare',
    description: 'Small trips planned by people who went there themselves.',
    features: ['routes tested by our own feet', 'small groups, slow mornings'], offers: ['early booking: 10% off', 'free changes until the week before'],
    price: '290', currency: 'EUR', url: 'https://wayfare.example/weeks', tone: 'WARM', bannedWords: ['bucket list', 'paradise'],
    interests: [], clickValue: '0.65', conversionValue: '40',
    creatives: [
      ['Somewhere is expecting you', 'A window seat, a new word for bread, a week that feels longer. From €290.', 'Plan a week'],
      ['Go where we would go again', 'Wayfare Weeks are routes tested by our own feet. The good bakery is marked.', 'See the routes'],
      ['Take the slow train there', 'Small groups, slow mornings. Free changes until the week before.', 'Choose a week'],
      ['Less itinerary, more afternoon', 'Wayfare leaves room for the long lunch and the wrong turn.', 'Find your week'],
    ],
  },
  {
    key: 'cairn', name: 'Cairn Walks: hut to hut', vertical: 'TRAVEL', product: 'Cairn Walks', brand: 'Cairn',
    description: 'Walking weeks from hut to hut, with luggage carried and soup waiting.',
    features: ['luggage carried from hut to hut', 'guides who know the weather'], offers: ['15% off the autumn weeks', 'a map with every booking'],
    price: '540', currency: 'EUR', url: 'https://cairn.example/walks', tone: 'CONFIDENT', bannedWords: ['conquer', 'bucket list'],
    interests: ['hiking', 'camping', 'wildlife', 'trail running', 'photography', 'skiing'], clickValue: '0.80', conversionValue: '62',
    creatives: [
      ['The ridge is worth the climb', 'Cairn Walks come with guides who know the weather, and soup at the top.', 'Pick a ridge'],
      ['Carry water. We carry bags.', 'Luggage carried from hut to hut, so that you can look up.', 'See the huts'],
      ['Boots on, signal off', 'Paths above the last road, from €540. A map with every booking.', 'Walk with us'],
      ['Autumn belongs to walkers', 'The crowds go home, the larches turn. 15% off the autumn weeks.', 'Choose a week'],
    ],
  },
  {
    key: 'saltline', name: 'Saltline Bay: under and beside the sea', vertical: 'TRAVEL', product: 'Saltline Bay', brand: 'Saltline',
    description: 'A small hotel on a bay with a dive school and a kitchen of its own.',
    features: ['a dive school on the jetty', 'breakfast by the water'], offers: ['the third night half price', '50 euro of dives'],
    price: '120', currency: 'EUR', url: 'https://saltline.example/bay', tone: 'PREMIUM', bannedWords: ['cheap', 'paradise', 'all you can eat'],
    interests: ['beach holidays', 'diving', 'street food', 'yoga', 'skincare', 'wildlife'], clickValue: '0.75', conversionValue: '55',
    creatives: [
      ['Salt on everything', 'Saltline Bay keeps the sea within a barefoot walk. From €120.', 'See the rooms'],
      ['Below the surface, silence', 'A dive school on the jetty, and nothing else on the calendar.', 'Take a breath'],
      ['Breakfast, then the tide', 'Saltline serves breakfast by the water. The rest of the day is yours.', 'Stay a while'],
      ['The sea keeps no schedule', 'Arrive, unpack, forget the hour. The third night half price.', 'Choose your nights'],
    ],
  },
];

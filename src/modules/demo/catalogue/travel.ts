import type { CatalogueEntry } from './entry';

export const TRAVEL: readonly CatalogueEntry[] = [
  {
    vertical: 'TRAVEL', interest: 'city breaks', near: ['street food', 'photography', 'coffee'],
    searches: ['weekend city break', 'hotel old town', 'museum pass'],
    titles: [
      'Three nights in a canal house', 'Lisbon by tram, long weekend', 'Rooftop room in the old town', 'Museum pass with late openings', 'Ghent: bikes and belfries',
      'Night market hotel, central', 'Porto, tiles and tunnels', 'Two days in Vienna by coffee house', 'Ljubljana on foot', 'Design hotel by the station', 'Seville in orange blossom',
    ],
  },
  {
    vertical: 'TRAVEL', interest: 'hiking', near: ['camping', 'trail running', 'wildlife'],
    searches: ['hut to hut', 'guided hiking week', 'coastal path'],
    titles: [
      'Hut to hut in the Dolomites', 'Coastal path, seven stages', 'Guided week in the Tatras', 'Luggage-free walking, Eifel', 'Ridge day with a mountain leader', 'Levada walks on Madeira',
      'Autumn beech forests, small group', 'Lake District inn to inn', 'Pilgrim way, last hundred kilometres', 'Volcano trails on La Palma', 'Snowshoe weekend',
    ],
  },
  {
    vertical: 'TRAVEL', interest: 'beach holidays', near: ['skincare', 'diving', 'yoga'],
    searches: ['quiet beach hotel', 'all inclusive', 'villa with pool'],
    titles: [
      'Cove hotel with eleven rooms', 'Villa with a path to the sand', 'Late summer on Naxos', 'Beach hut on stilts', 'Half board by the pines', 'Paddle boards included, Menorca',
      'Adults-only bay, shoulder season', 'Formentera by ferry', 'Seafront flat with shutters', 'Sunset side, west coast', 'Dunes and lighthouse stay',
    ],
  },
  {
    vertical: 'TRAVEL', interest: 'skiing', near: ['hiking', 'city breaks', 'camping'],
    searches: ['ski in ski out', 'ski school', 'off piste guide'],
    titles: [
      'Ski-in chalet with drying room', 'Learn to ski week, small class', 'Off-piste guide, four days', 'Night train to the slopes', 'Lift pass, three valleys', 'Cross-country lodge, Jura',
      'Ski touring, first steps', 'Fondue hut half-way down', 'Spring snow, last call', 'Boot fitting and hire',
    ],
  },
  {
    vertical: 'TRAVEL', interest: 'street food', near: ['city breaks', 'spanish lessons', 'baking'],
    searches: ['food tour', 'cooking class market', 'night market'],
    titles: [
      'Dumpling crawl after dark', 'Market morning and cooking class', 'Taco stands with a local cook', 'Palermo, eaten standing', 'Hawker centre starter tour', 'Noodle week in Taipei',
      'Istanbul from breakfast to midnight', 'Spice stalls and tea houses', 'Pintxos on foot', 'Bread ovens of Tbilisi',
    ],
  },
  {
    vertical: 'TRAVEL', interest: 'road trips', near: ['camping', 'cycling', 'guitar'],
    searches: ['camper van hire', 'coastal road route', 'one way car hire'],
    titles: [
      'Camper van for two, one way', 'Atlantic road in ten days', 'Desert loop with motels', 'Open-top along the lakes', 'Highland single-track route', 'Vineyard backroads, four stops',
      'Ring road in shoulder season', 'Roof tent hire', 'Mountain passes by classic car', 'Motel map, coast to coast',
    ],
  },
  {
    vertical: 'TRAVEL', interest: 'diving', near: ['beach holidays', 'wildlife', 'photography'],
    searches: ['open water course', 'liveaboard', 'wreck diving'],
    titles: [
      'Open water course, warm sea', 'Liveaboard, seven nights', 'Wrecks of a quiet harbour', 'Night dive with mantas', 'Reef survey volunteering', 'Drift dives off Cozumel',
      'Cavern day in a cenote', 'Macro week: seahorses', 'Dry suit taster, cold lake', 'Snorkel and seagrass tour',
    ],
  },
  {
    vertical: 'TRAVEL', interest: 'wildlife', near: ['photography', 'hiking', 'diving'],
    searches: ['whale watching', 'bear hide', 'birding tour'],
    titles: [
      'Bear hide, two dawns', 'Whale watching by sail', 'Marsh birds with a warden', 'Lynx country on snowshoes', 'Puffin island landing', 'Safari camp with eight tents',
      'Otters of a western loch', 'Rainforest canopy walk', 'Wolf tracks weekend', 'Turtle beach by night', 'Crane migration hides',
    ],
  },
];

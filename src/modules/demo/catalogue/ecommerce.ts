import type { CatalogueEntry } from './entry';

export const ECOMMERCE: readonly CatalogueEntry[] = [
  {
    vertical: 'ECOMMERCE', interest: 'running', near: ['trail running', 'yoga', 'cycling'],
    searches: ['daily running shoes', 'running belt', 'marathon socks'],
    titles: [
      'Pacer Four daily trainer, wide fit', 'Halden tempo shoe with rocker sole', 'Reflective running vest, packs into its pocket',
      'Merino running socks, three pairs', 'Split shorts with key loop', 'Handheld flask, soft, half litre', 'Interval timer watch, big digits',
      'Long sleeve winter base layer', 'Running belt that does not bounce', 'Race day cap with dark brim', 'Foam roller for tired calves',
    ],
  },
  {
    vertical: 'ECOMMERCE', interest: 'trail running', near: ['running', 'camping', 'hiking'],
    searches: ['trail shoes muddy', 'running vest 8l', 'fell shoes'],
    titles: [
      'Skarn mud shoe, deep lugs', 'Ridge vest, eight litres, two flasks', 'Gaiters for gravel and burrs', 'Head torch for night loops, 400 lumen',
      'Folding trail poles in a quiver', 'Wind jacket the size of a plum', 'Fell shorts with five pockets', 'Bothy long sleeve, brushed inside',
      'Rock plate trail shoe, wide toe box', 'Map case with neck cord', 'Blister kit for long days',
    ],
  },
  {
    vertical: 'ECOMMERCE', interest: 'cycling', near: ['running', 'road trips', 'coffee'],
    searches: ['gravel tyres', 'commuter lights', 'bib shorts long rides'],
    titles: [
      'Gravel tyre, tan wall, 40 mm', 'Commuter light set, charges by the lamp', 'Bib shorts for six-hour Sundays', 'Handlebar bag with roll top',
      'Pocket pump with hose', 'Winter gloves, lobster cut', 'Steel water bottle cage', 'Wool cap with short peak', 'Chain cleaner with brush',
      'Saddle for upright riders', 'Mudguards that do not rattle',
    ],
  },
  {
    vertical: 'ECOMMERCE', interest: 'coffee', near: ['baking', 'home decor', 'city breaks'],
    searches: ['hand grinder', 'pour over filter', 'espresso scale'],
    titles: [
      'Hand grinder with steel burrs', 'Pour-over cone, ribbed glass', 'Gooseneck kettle with thermometer', 'Washed Huila beans, notes of plum',
      'Espresso scale with timer', 'Moka pot for three, matt black', 'Paper filters, unbleached, two hundred', 'Milk jug with a sharp spout',
      'Natural Yirgacheffe, jammy and bright', 'Cupping set for four', 'Thermos cup that fits the bike',
    ],
  },
  {
    vertical: 'ECOMMERCE', interest: 'baking', near: ['coffee', 'houseplants', 'street food'],
    searches: ['banneton oval', 'rye starter', 'bread knife'],
    titles: [
      'Oval banneton with linen liner', 'Danish dough whisk', 'Rye starter, dried, eleven years old', 'Loaf tin, blue steel', 'Baking stone for small ovens',
      'Bread knife with offset handle', 'Scoring lame, walnut', 'Stoneground spelt flour, five kilos', 'Proofing basket pair, round', 'Cooling rack in three tiers',
      'Madeleine mould, twelve shells',
    ],
  },
  {
    vertical: 'ECOMMERCE', interest: 'houseplants', near: ['home decor', 'baking', 'yoga'],
    searches: ['plants for dark rooms', 'terracotta pots', 'monstera support'],
    titles: [
      'Monstera with a moss pole', 'Terracotta pots, set of five', 'Fern for a dim bathroom', 'Brass mister with fine spray', 'Peat-free potting mix, coarse',
      'String of hearts in a hanging bowl', 'Grow lamp on a clip', 'Watering can with long neck', 'Snake plant, knee high', 'Self-watering planter, oatmeal',
      'Propagation station, three tubes',
    ],
  },
  {
    vertical: 'ECOMMERCE', interest: 'skincare', near: ['yoga', 'knitwear', 'beach holidays'],
    searches: ['fragrance free moisturiser', 'night serum', 'spf daily'],
    titles: [
      'Oat cleanser for dry mornings', 'Night serum with squalane', 'Daily sunscreen, no white cast', 'Clay mask, pale green', 'Rose water toner in glass',
      'Hand balm for gardeners', 'Barrier cream, fragrance free', 'Lip balm trio, unscented', 'Jade comb and face roller', 'Bath salts with cedar',
      'Gentle exfoliating powder',
    ],
  },
  {
    vertical: 'ECOMMERCE', interest: 'denim', near: ['knitwear', 'cycling', 'city breaks'],
    searches: ['selvedge jeans', 'straight leg indigo', 'denim repair'],
    titles: [
      'Selvedge jeans, straight, raw indigo', 'Chore jacket in washed denim', 'Wide leg jeans, ecru', 'Indigo care kit with brush', 'Denim shirt with pearl snaps',
      'Tapered jeans, faded black', 'Patchwork tote from offcuts', 'Carpenter jeans, hickory stripe', 'Denim apron with cross back', 'Leather belt, bridle, hand cut',
    ],
  },
  {
    vertical: 'ECOMMERCE', interest: 'knitwear', near: ['denim', 'home decor', 'hiking'],
    searches: ['lambswool jumper', 'roll neck', 'fisherman sweater'],
    titles: [
      'Fisherman jumper, undyed wool', 'Lambswool scarf, moss stitch', 'Roll neck in charcoal', 'Cardigan with horn buttons', 'Fair Isle vest, heather',
      'Cashmere beanie, ribbed', 'Fingerless gloves, donegal fleck', 'Merino crew, midweight', 'Cable socks for slow mornings', 'Wool comb and mending kit',
    ],
  },
  {
    vertical: 'ECOMMERCE', interest: 'home decor', near: ['houseplants', 'knitwear', 'coffee'],
    searches: ['linen curtains', 'paper lamp', 'wall shelf oak'],
    titles: [
      'Paper lantern, tall', 'Linen curtain pair, flax', 'Oak wall shelf with brass pegs', 'Stoneware vase, chalk glaze', 'Woven jute rug, two metres',
      'Framed botanical print, fern', 'Wool throw in rust', 'Beeswax candles, dinner set', 'Round mirror with thin rim', 'Rattan side table', 'Ceramic knobs, mixed blues',
    ],
  },
  {
    vertical: 'ECOMMERCE', interest: 'camping', near: ['hiking', 'trail running', 'road trips'],
    searches: ['two person tent', 'down sleeping bag', 'camp stove'],
    titles: [
      'Two-person tent with two porches', 'Down quilt for cool nights', 'Wood stove, folds flat', 'Enamel mugs, speckled, set of four', 'Sleeping mat with a warm core',
      'Lantern with a campfire mode', 'Canvas tarp with guy lines', 'Camp chair, low slung', 'Spork, titanium, long handle', 'Dry bags in three colours',
      'Cast iron skillet with lid',
    ],
  },
  {
    vertical: 'ECOMMERCE', interest: 'yoga', near: ['skincare', 'running', 'houseplants'],
    searches: ['cork yoga mat', 'bolster', 'high waist leggings'],
    titles: [
      'Cork mat, extra long', 'Buckwheat bolster, indigo', 'Cotton strap with brass ring', 'Blocks in pale beech', 'High waist leggings, clay', 'Meditation cushion, round',
      'Eye pillow with lavender', 'Mat bag with shoulder strap', 'Loose joggers in bamboo jersey', 'Balance wheel, oak veneer',
    ],
  },
];

import type { DemoCampaign } from './demo-campaign';

export const SHOP_AND_SCHOOL: readonly DemoCampaign[] = [
  {
    key: 'marlo', name: 'Marlo Market: things for what you love', vertical: 'ECOMMERCE', product: 'Marlo Market', brand: 'Marlo',
    description: 'A shop for people with hobbies: kit, clothes and things for the home, chosen by those who use them.',
    features: ['gear chosen by people who use it', 'a repair desk in every shop'], offers: ['15% off your first order', 'free delivery this week'],
    price: '12', currency: 'GBP', url: 'https://marlo.example/market', tone: 'PLAYFUL', bannedWords: ['cheap', 'bargain'],
    interests: [], clickValue: '0.35', conversionValue: '9',
    creatives: [
      ['Your hobby called', 'It wants better kit and a little more of your weekend. 15% off your first order.', 'Answer it'],
      ['For people who are into it', 'Whatever it is, somebody at Marlo Market is into it too, and chose the gear.', 'Find your shelf'],
      ['Made to be used, not admired', 'Marlo has a repair desk in every shop, for things that get loved hard.', 'See Marlo Market'],
      ['Small joys from £12', 'The mug, the mat, the muddy shoes: start anywhere. Free delivery this week.', 'Have a look'],
    ],
  },
  {
    key: 'skarn', name: 'Skarn Ridge launch', vertical: 'ECOMMERCE', product: 'Skarn Ridge', brand: 'Fellmark',
    description: 'A trail shoe for wet ground and steep ways home.',
    features: ['a waterproof membrane', 'deep lugs for soft ground'], offers: ['20% off this week', 'free returns'],
    price: '118', currency: 'GBP', url: 'https://fellmark.example/skarn-ridge', tone: 'CONFIDENT', bannedWords: ['cheap', 'bouncy'],
    interests: ['trail running', 'running', 'hiking', 'camping', 'cycling'], clickValue: '0.55', conversionValue: '24',
    creatives: [
      ['Mud has met its match', 'Skarn Ridge has deep lugs for soft ground. Take the path that others turn back from.', 'Lace up'],
      ['Leave the road early', 'The hill does not care for excuses. Skarn Ridge, with a waterproof membrane.', 'See Skarn Ridge'],
      ['Wet feet are optional', 'Puddles, bogs, becks: run straight through. 20% off this week.', 'Choose your size'],
      ['Fellmark for the long way home', 'From £118, and free returns if the hill and you disagree.', 'Try a pair'],
    ],
  },
  {
    key: 'calder', name: 'Calder Brew for slow mornings', vertical: 'ECOMMERCE', product: 'Calder Brew', brand: 'Hobblane',
    description: 'A pour-over set in stoneware, with a kettle that listens.',
    features: ['a kettle with a steady spout', 'stoneware fired twice'], offers: ['a bag of beans with every set', '10% off until Sunday'],
    price: '64', currency: 'GBP', url: 'https://hobblane.example/calder', tone: 'WARM', bannedWords: ['hack', 'caffeine fix'],
    interests: ['coffee', 'baking', 'home decor', 'houseplants', 'knitwear'], clickValue: '0.40', conversionValue: '14',
    creatives: [
      ['The quiet before the day', 'Water, grounds, a little patience. Calder Brew makes the first ten breaths yours.', 'Slow down'],
      ['Good mornings are poured', 'With a kettle with a steady spout, and a bag of beans with every set.', 'See the set'],
      ['A cup worth waking up for', 'Calder Brew by Hobblane, in stoneware fired twice. From £64.', 'Bring it home'],
      ['Let the kettle take its time', 'Nothing good is rushed, least of all breakfast. 10% off until Sunday.', 'Find Calder Brew'],
      ['Bread in the oven, coffee on', 'Some smells make a house a home. Hobblane knows both.', 'Set the table'],
    ],
  },
  {
    key: 'lumen', name: 'Lumen Pass: one pass, every course', vertical: 'EDUCATION', product: 'Lumen Pass', brand: 'Lumen',
    description: 'Every evening course of Lumen on one pass, from guitar to Python.',
    features: ['every course on one pass', 'tutors who answer by morning'], offers: ['the first month free', '25% off a year'],
    price: '14', currency: 'GBP', url: 'https://lumen.example/pass', tone: 'WARM', bannedWords: ['genius', 'hustle'],
    interests: [], clickValue: '0.45', conversionValue: '18',
    creatives: [
      ['Stay curious after six', 'One evening a week is enough to begin. Lumen Pass, the first month free.', 'Pick a course'],
      ['Learn the thing you put off', 'The guitar in the corner, the code you copy. Every course on one pass.', 'Begin tonight'],
      ['Somebody to ask', 'Lumen has tutors who answer by morning, so that no question goes cold.', 'Meet your tutor'],
      ['An evening of your own', 'From £14. Put the kettle on, close the door and open Lumen Pass.', 'Open Lumen Pass'],
    ],
  },
  {
    key: 'codewick', name: 'Codewick Path: learn to build', vertical: 'EDUCATION', product: 'Codewick Path', brand: 'Codewick',
    description: 'A path from first program to first job, in projects.',
    features: ['a project in every lesson', 'reviews by working engineers'], offers: ['30% off the spring cohort', 'a free trial lesson'],
    price: '29', currency: 'GBP', url: 'https://codewick.example/path', tone: 'PLAIN', bannedWords: ['rockstar', 'ninja', 'six figures'],
    interests: ['python', 'data science', 'web development'], clickValue: '0.60', conversionValue: '35',
    creatives: [
      ['Write code that runs', 'Codewick Path has a project in every lesson. You finish with things that work.', 'See the path'],
      ['From first loop to first job', 'Reviews by working engineers, week after week. 30% off the spring cohort.', 'Read the plan'],
      ['Try a lesson, then decide', 'A free trial lesson tells you more than any page like this one.', 'Try a lesson'],
      ['Less watching, more typing', 'You learn to build by building. Codewick Path, from £29.', 'Start a project'],
    ],
  },
  {
    key: 'inkwell', name: 'Inkwell Club: make something', vertical: 'EDUCATION', product: 'Inkwell Club', brand: 'Inkwell',
    description: 'Weekly workshops in drawing, writing, photography and music, online and small.',
    features: ['groups of eight', 'a workshop every Sunday'], offers: ['two workshops for the price of one', 'a sketchbook when you join'],
    price: '19', currency: 'GBP', url: 'https://inkwell.example/club', tone: 'PLAYFUL', bannedWords: ['talented', 'masterpiece'],
    interests: ['drawing', 'creative writing', 'photography', 'guitar', 'spanish lessons'], clickValue: '0.45', conversionValue: '16',
    creatives: [
      ['Bad first drafts welcome', 'Everybody starts with a crooked line. Inkwell Club has groups of eight, all crooked.', 'Draw with us'],
      ['Sunday is for making things', 'A workshop every Sunday, from charcoal to chords. From £19.', 'Save a seat'],
      ['Your sketchbook is lonely', 'It has been blank since spring. A sketchbook when you join, in case it ran away.', 'Join the club'],
      ['Scroll less, scribble more', 'Inkwell puts something in your hands: a pen, a lens, six strings.', 'Pick your tool'],
    ],
  },
];

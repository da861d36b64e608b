import type { CatalogueEntry } from './entry';

export const EDUCATION: readonly CatalogueEntry[] = [
  {
    vertical: 'EDUCATION', interest: 'data science', near: ['python', 'investing', 'web development'],
    searches: ['statistics for beginners', 'pandas course', 'data visualisation'],
    titles: [
      'Statistics you can draw', 'Cleaning data without tears', 'From spreadsheet to dashboard', 'Regression, explained with rent prices', 'Maps and where they mislead',
      'A/B tests for people with doubts', 'SQL in twelve evenings', 'Forecasting the weather of a shop', 'Charts that say one thing', 'Bayes at the breakfast table',
      'Case study: a year of bike hires',
    ],
  },
  {
    vertical: 'EDUCATION', interest: 'python', near: ['data science', 'web development', 'drawing'],
    searches: ['learn python', 'python automation', 'python exercises'],
    titles: [
      'Python from the first print', 'Automate the dull half of your week', 'Scraping, politely', 'Tests before tea: pytest in practice', 'Small games with big loops',
      'Files, folders and other fears', 'Type hints for the sceptical', 'One hundred small exercises', 'Notebooks that others can read', 'Python for people who draw',
    ],
  },
  {
    vertical: 'EDUCATION', interest: 'web development', near: ['python', 'data science', 'drawing'],
    searches: ['css grid course', 'learn react', 'accessible websites'],
    titles: [
      'Layouts that bend: CSS grid', 'Your first server', 'Forms people finish', 'JavaScript without the fog', 'Accessible from line one', 'Deploy on a Friday',
      'Type-safe front ends', 'Speed: a website in one second', 'Designing an API with cards', 'Version control by story',
    ],
  },
  {
    vertical: 'EDUCATION', interest: 'photography', near: ['drawing', 'wildlife', 'city breaks'],
    searches: ['portrait lighting', 'street photography', 'lightroom basics'],
    titles: [
      'Window light portraits', 'Street photography for shy people', 'The darkroom, without the dark', 'Seeing in black and white', 'Birds at dawn: long lenses',
      'Edit less: a calm workflow', 'Food on a grey day', 'Night skies from a back garden', 'A photo book in six weeks', 'Film cameras, first roll',
      'Composition from paintings',
    ],
  },
  {
    vertical: 'EDUCATION', interest: 'guitar', near: ['spanish lessons', 'creative writing', 'road trips'],
    searches: ['guitar for beginners', 'fingerpicking', 'blues guitar'],
    titles: [
      'Four chords, forty songs', 'Fingerpicking on the sofa', 'Slow blues in E', 'Barre chords without pain', 'Reading tab, reading rhythm', 'Campfire set list, level one',
      'Open tunings for rainy days', 'Play along: bossa nova', 'Ear training on the bus', 'Restring, tune, intonate',
    ],
  },
  {
    vertical: 'EDUCATION', interest: 'spanish lessons', near: ['street food', 'city breaks', 'guitar'],
    searches: ['spanish conversation', 'subjunctive', 'spanish podcasts slow'],
    titles: [
      'Spanish for the market', 'Conversation hour, level A2', 'The subjunctive, finally', 'Slow podcasts with transcripts', 'Ordering, asking, thanking', 'Stories from Oaxaca, graded',
      'Verbs that travel', 'Small talk for long lunches', 'Pronunciation clinic', 'Spanish films, one scene at a time',
    ],
  },
  {
    vertical: 'EDUCATION', interest: 'creative writing', near: ['photography', 'drawing', 'guitar'],
    searches: ['short story course', 'writing prompts', 'write a novel'],
    titles: [
      'A short story in five Sundays', 'Dialogue that overhears itself', 'Openings: the first two hundred words', 'Poems for prose people', 'Plot, by index card', 'The quiet villain',
      'Memoir without the moaning', 'Rewriting is the writing', 'Ghost stories, worked backwards', 'Places as characters', 'Ten prompts and a deadline',
    ],
  },
  {
    vertical: 'EDUCATION', interest: 'drawing', near: ['photography', 'creative writing', 'home decor'],
    searches: ['figure drawing', 'urban sketching', 'perspective drawing'],
    titles: [
      'Draw what is on the table', 'Perspective with a window and tape', 'Hands, thirty of them', 'Urban sketching in ink', 'Figure drawing, short poses', 'Trees in charcoal',
      'Colour pencils, layered', 'A sketchbook habit', 'Faces from memory', 'Buildings that stand up straight',
    ],
  },
];

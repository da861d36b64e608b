import type { CatalogueEntry } from './entry';

export const FINANCE: readonly CatalogueEntry[] = [
  {
    vertical: 'FINANCE', interest: 'saving', near: ['budgeting', 'first home', 'baking'],
    searches: ['easy access saver', 'round ups', 'savings goals'],
    titles: [
      'Easy-access saver, interest monthly', 'Round-ups: how the coins add up', 'Fixed term or flexible, a comparison', 'Rainy-day pot calculator', 'Notice account, ninety days',
      'Joint pots for shared plans', 'Why payday transfers work', 'Saver with a goal photo', 'Interest, explained on one page', 'Savings ladder guide',
    ],
  },
  {
    vertical: 'FINANCE', interest: 'investing', near: ['index funds', 'data science', 'pensions'],
    searches: ['how to start investing', 'shares account fees', 'diversification'],
    titles: [
      'First portfolio, step by step', 'Risk, in five drawings', 'Share dealing account, fee table', 'Reading an annual report', 'Diversify: a kitchen metaphor', 'Bonds for beginners',
      'What a bear market feels like', 'Regular investing plan', 'Research notes: shipping', 'Dividends and what they are not', 'Checklist before you buy',
    ],
  },
  {
    vertical: 'FINANCE', interest: 'index funds', near: ['investing', 'pensions', 'saving'],
    searches: ['global tracker', 'fund charges', 'index fund vs etf'],
    titles: [
      'Global tracker, accumulation units', 'Charges: what a fifth of a percent does', 'Index or ETF, side by side', 'All-world fund factsheet', 'Small companies tracker',
      'The lazy portfolio, annotated', 'Tracking difference, explained', 'Sustainable index screens', 'Rebalancing once a year', 'Fund platform comparison',
    ],
  },
  {
    vertical: 'FINANCE', interest: 'budgeting', near: ['saving', 'street food', 'first home'],
    searches: ['budget template', 'bills calendar', 'spending tracker'],
    titles: [
      'Budget template for odd months', 'Bills calendar with reminders', 'Spending by category, in colour', 'The envelope method, on a phone', 'Subscriptions audit', 'Shared bills without sulking',
      'Groceries: the four-list trick', 'Weekly check-in, ten minutes', 'Irregular income planner', 'What a buffer is for',
    ],
  },
  {
    vertical: 'FINANCE', interest: 'first home', near: ['saving', 'budgeting', 'home decor'],
    searches: ['mortgage in principle', 'deposit calculator', 'survey types'],
    titles: [
      'Deposit calculator with fees', 'Agreement in principle, what it is', 'Survey types, from light to full', 'Fixed or tracker mortgage', 'Viewing checklist, printable', 'Offer letters that get read',
      'Moving costs nobody mentions', 'Conveyancing, week by week', 'Shared ownership guide', 'How lenders read a bank statement',
    ],
  },
  {
    vertical: 'FINANCE', interest: 'pensions', near: ['index funds', 'investing', 'saving'],
    searches: ['find old pension', 'pension calculator', 'workplace pension'],
    titles: [
      'Trace an old workplace pension', 'Pension pot projection', 'Combining pots: when and when not', 'Workplace match, explained', 'Self-employed pension starter', 'Annual allowance in plain words',
      'Pension charges, decoded', 'Drawdown or annuity, a table', 'What happens when you move jobs', 'Default funds, opened up',
    ],
  },
];

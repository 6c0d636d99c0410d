import type {Prices} from './prices.ts';

/** List prices; MILLRACE_PRICES puts another table in their place. */
export const LIST_PRICES: Prices = {
  date: '2026-11-23',
  source: 'https://cloud.google.com/vertex-ai/pricing',
  regions: {
    'us-central1': {
      // https://cloud.google.com/build/pricing
      buildMinute: 0.006,
      training: {
        'n1-standard-4': 0.21849885,
        'n1-standard-8': 0.4369977,
        'n1-standard-16': 0.8739954,
        'n1-standard-32': 1.7479908,
      },
      serving: {
        'n1-standard-2': 0.1095,
        'n1-standard-4': 0.219,
        'n1-standard-8': 0.438,
        'n1-standard-16': 0.876,
      },
    },
  },
};

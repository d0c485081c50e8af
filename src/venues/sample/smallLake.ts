/**
 * The window for fault campaigns: two symbols, 150 days (the end is inclusive), planted defects of seven kinds, all of them in its
 * first three and last three days. It is a part of the default market, so `--source sample` with these flags is all it takes.
 */
export const smallLake = { seed: 1, symbols: ['BTCUSDT', 'ETHUSDT'], start: '2022-02-01', end: '2022-06-30', days: 150 } as const;

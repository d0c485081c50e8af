/** Replaced by the build with the version in package.json. */
declare const BACKTEST_VERSION: string | undefined;

/** Version of the product; `dev` when run from source. */
export const version: string = typeof BACKTEST_VERSION === 'undefined' ? 'dev' : BACKTEST_VERSION;

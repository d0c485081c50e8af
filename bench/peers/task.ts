/** What both sides of a peer comparison measure. The Python side has the same ids (peers.py). */
export interface PeerTask {
  readonly id: string;
  readonly what: string;
  /** What one unit is. */
  readonly unit: string;
  readonly peer: string;
  /** Asked of the ratio peer / ours; null where none was. */
  readonly atLeast: number | null;
  /** Largest relative difference of any number of the two results. */
  readonly tolerance: number;
  /** Where the definitions differ, and what is compared instead. */
  readonly remark: string;
}

export const peerTasks: readonly PeerTask[] = [
  {
    id: 'F1',
    what: 'rolling rank 2880',
    unit: 'bar',
    peer: 'pandas rolling.rank',
    atLeast: 3,
    tolerance: 1e-12,
    remark: 'ties count as not greater: method="max", pct=True',
  },
  { id: 'F2', what: 'rolling median 480', unit: 'bar', peer: 'pandas rolling.median', atLeast: 5, tolerance: 0, remark: '' },
  {
    id: 'F3-std',
    what: 'rolling std 96',
    unit: 'bar',
    peer: 'pandas rolling.std',
    atLeast: 5,
    tolerance: 1e-9,
    remark: 'both slide, with rounding errors of their own',
  },
  { id: 'F3-max', what: 'rolling max 96', unit: 'bar', peer: 'pandas rolling.max', atLeast: 5, tolerance: 0, remark: '' },
  { id: 'F3-min', what: 'rolling min 96', unit: 'bar', peer: 'pandas rolling.min', atLeast: 5, tolerance: 0, remark: '' },
  {
    id: 'I3',
    what: 'one monthly archive: read, inflate, CRC, parse',
    unit: 'row',
    peer: 'zipfile + pandas.read_csv',
    atLeast: 3,
    tolerance: 0,
    remark: 'ours also checks the grammar and the times of every line',
  },
  {
    id: 'S9-vectorbt',
    what: 'one backtest',
    unit: 'bar',
    peer: 'vectorbt from_signals',
    atLeast: null,
    tolerance: 1e-12,
    remark:
      'entry and exit bars and prices of every closed trade are compared; money differs by definition: ours adds up unit exposure, vectorbt compounds cash. Both compute return, bar Sharpe ratio and drawdown; ours also the trades, which vectorbt leaves until asked',
  },
  {
    id: 'S9-sets',
    what: 'the same with 20 thresholds',
    unit: 'bar and set',
    peer: 'vectorbt from_signals, 20 columns',
    atLeast: null,
    tolerance: 1e-12,
    remark: 'as above',
  },
  {
    id: 'S9-backtesting',
    what: 'one backtest',
    unit: 'bar',
    peer: 'backtesting.py',
    atLeast: null,
    tolerance: 1e-12,
    remark:
      'trade_on_close; prices of every closed trade are compared. Both compute all their statistics; ours also the pnl of every bar under later execution',
  },
];

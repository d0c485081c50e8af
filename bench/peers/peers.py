"""The peers' side of bench/peers: answers `prove ID` and `time ID` on stdin with one line of JSON each."""

import json
import os
import sys
import time
import warnings
import zipfile

import numpy as np
import pandas as pd

warnings.filterwarnings("ignore")
with open(sys.argv[1]) as file:
    setup = json.load(file)
rows = setup["rows"]
flat = np.fromfile(setup["bars"])
columns = {name: pd.Series(flat[i * rows : (i + 1) * rows].copy()) for i, name in enumerate(setup["columns"])}
index = pd.to_datetime(columns["timestamp"], unit="ms")
close = columns["close"]
above = close > columns["high_96"].shift(1)
below = close < columns["low_96"].shift(1)
rank = columns["rv_pct_2880"]
thresholds = [5 * (i + 1) for i in range(20)]


def archive():
    with zipfile.ZipFile(setup["archive"]["path"]) as bundle, bundle.open(bundle.namelist()[0]) as file:
        head = file.peek(20) if hasattr(file, "peek") else b""
        frame = pd.read_csv(file, header=0 if head[:4] == b"open" else None)
    return [frame.iloc[:, i].to_numpy(dtype=float) for i in range(11)]


def vectorbt(limits):
    import vectorbt as vbt

    entries = pd.DataFrame({limit: above & (rank <= limit) for limit in limits})
    portfolio = vbt.Portfolio.from_signals(close, entries, below, size=1, init_cash=1e9, fees=0.0006, freq="15min")
    portfolio.total_return(), portfolio.sharpe_ratio(), portfolio.max_drawdown()
    return portfolio


def vectorbt_trades(portfolio):
    records = portfolio.trades.records
    closed = records[records["status"] == 1].sort_values(["col", "entry_idx"])
    return closed[["entry_idx", "exit_idx", "entry_price", "exit_price"]].to_numpy(dtype=float).ravel()


def backtesting():
    import backtesting as library
    from backtesting import Backtest, Strategy

    library.backtesting._tqdm = lambda bars, **_: bars  # no progress bar

    class Channel(Strategy):
        def init(self):
            as_is = dict(plot=False, overlay=False)
            self.enter = self.I(lambda: (above & (rank <= 50)).to_numpy(dtype=float), **as_is)
            self.leave = self.I(lambda: below.to_numpy(dtype=float), **as_is)

        def next(self):
            if self.position:
                if self.leave[-1]:
                    self.position.close()
            elif self.enter[-1]:
                self.buy(size=1)

    names = ["open", "high", "low", "close", "volume"]
    frame = pd.DataFrame({name.capitalize(): columns[name].to_numpy() for name in names}, index=index)
    return Backtest(frame, Channel, cash=1e9, commission=0.0006, trade_on_close=True).run()


def backtesting_trades(stats):
    return stats["_trades"].sort_values("EntryBar")[["EntryPrice", "ExitPrice"]].to_numpy(dtype=float).ravel()


def plain(values):
    return values.to_numpy(dtype=float)


tasks = {
    "F1": (rows, lambda: columns["rv_96"].rolling(2880).rank(method="max", pct=True) * 100, plain),
    "F2": (rows, lambda: columns["range_96"].rolling(480).median(), plain),
    "F3-std": (rows, lambda: columns["logret_1"].rolling(96).std(), plain),
    "F3-max": (rows, lambda: columns["high"].rolling(96).max(), plain),
    "F3-min": (rows, lambda: columns["low"].rolling(96).min(), plain),
    "I3": (len(archive()[0]), archive, lambda found: np.concatenate(found[:6])),
    "S9-vectorbt": (rows, lambda: vectorbt([50]), vectorbt_trades),
    "S9-sets": (rows * len(thresholds), lambda: vectorbt(thresholds), vectorbt_trades),
    "S9-backtesting": (rows, backtesting, backtesting_trades),
}

warm = set()


def cpu_per_unit(name, at_least):
    units, run, _ = tasks[name]
    start, calls = time.process_time(), 0
    while True:
        run()
        calls += 1
        used = time.process_time() - start
        if used >= at_least:
            return used * 1e9 / calls / units


for line in sys.stdin:
    order, name = line.split()
    if order == "prove":
        _, run, numbers = tasks[name]
        path = os.path.join(setup["results"], f"{name}.peer")
        numbers(run()).astype(float).tofile(path)
        answer = {"path": path}
    else:
        if name not in warm:
            cpu_per_unit(name, 1)
            warm.add(name)
        answer = {"cpuNs": cpu_per_unit(name, 0.1)}
    print(json.dumps(answer), flush=True)

"""What people did on their screens: browser sessions of operators and customers, the traces and logs behind them,
recordings.
"""

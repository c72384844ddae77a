{{ bill('stock_balances', landed('bills', 'stock_balances')) }}

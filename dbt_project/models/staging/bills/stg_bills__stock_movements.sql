{{ bill('stock_movements', landed('bills', 'stock_movements')) }}

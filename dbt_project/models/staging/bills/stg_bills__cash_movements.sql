{{ bill('cash_movements', landed('bills', 'cash_movements')) }}

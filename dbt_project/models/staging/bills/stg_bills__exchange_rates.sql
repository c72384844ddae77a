{{ bill('exchange_rates', landed('bills', 'exchange_rates')) }}

{{ bill('currencies', landed('bills', 'currencies')) }}

{{ bill('ledgers', landed('bills', 'ledgers')) }}

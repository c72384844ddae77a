{{ bill('account_balances', landed('bills', 'account_balances')) }}

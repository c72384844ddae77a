{{ bill('bank_accounts', landed('bills', 'bank_accounts')) }}

{{ bill('accounts', landed('bills', 'accounts')) }}

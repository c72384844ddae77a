{{ bill('expense_claims', landed('bills', 'expense_claims')) }}

{{ bill('budgets', landed('bills', 'budgets')) }}

{{ bill('other_payables', landed('bills', 'other_payables')) }}

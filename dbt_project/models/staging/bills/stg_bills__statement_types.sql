{{ bill('statement_types', landed('bills', 'statement_types')) }}

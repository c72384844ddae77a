{{ bill('other_receivables', landed('bills', 'other_receivables')) }}

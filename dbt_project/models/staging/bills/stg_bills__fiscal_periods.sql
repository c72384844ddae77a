{{ bill('fiscal_periods', landed('bills', 'fiscal_periods')) }}

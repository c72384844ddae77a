{{ bill('tax_entries', landed('bills', 'tax_entries')) }}

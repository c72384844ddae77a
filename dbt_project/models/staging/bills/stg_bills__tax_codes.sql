{{ bill('tax_codes', landed('bills', 'tax_codes')) }}

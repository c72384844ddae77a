{{ bill('vat_returns', landed('bills', 'vat_returns')) }}

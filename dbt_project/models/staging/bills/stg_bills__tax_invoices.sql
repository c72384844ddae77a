{{ bill('tax_invoices', landed('bills', 'tax_invoices')) }}

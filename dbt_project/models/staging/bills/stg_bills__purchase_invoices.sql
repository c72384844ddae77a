{{ bill('purchase_invoices', landed('bills', 'purchase_invoices')) }}

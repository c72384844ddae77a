{{ bill('sales_invoices', landed('bills', 'sales_invoices')) }}

{{ bill('sales_orders', landed('bills', 'sales_orders')) }}

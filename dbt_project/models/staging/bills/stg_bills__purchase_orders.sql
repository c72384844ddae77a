{{ bill('purchase_orders', landed('bills', 'purchase_orders')) }}

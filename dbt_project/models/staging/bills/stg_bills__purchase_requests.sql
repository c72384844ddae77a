{{ bill('purchase_requests', landed('bills', 'purchase_requests')) }}

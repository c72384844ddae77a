{{ bill('payment_requests', landed('bills', 'payment_requests')) }}

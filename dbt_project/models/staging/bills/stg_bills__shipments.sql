{{ bill('shipments', landed('bills', 'shipments')) }}

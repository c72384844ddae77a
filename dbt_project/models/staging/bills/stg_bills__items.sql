{{ bill('items', landed('bills', 'items')) }}

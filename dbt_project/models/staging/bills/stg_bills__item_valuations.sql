{{ bill('item_valuations', landed('bills', 'item_valuations')) }}

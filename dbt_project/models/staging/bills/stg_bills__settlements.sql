{{ bill('settlements', landed('bills', 'settlements')) }}

{{ bill('partners', landed('bills', 'partners')) }}

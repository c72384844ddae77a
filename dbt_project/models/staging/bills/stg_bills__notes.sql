{{ bill('notes', landed('bills', 'notes')) }}

{{ bill('contracts', landed('bills', 'contracts')) }}

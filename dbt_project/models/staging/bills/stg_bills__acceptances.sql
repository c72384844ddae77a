{{ bill('acceptances', landed('bills', 'acceptances')) }}

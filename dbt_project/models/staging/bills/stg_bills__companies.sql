{{ bill('companies', landed('bills', 'companies')) }}

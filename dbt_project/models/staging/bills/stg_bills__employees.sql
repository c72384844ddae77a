{{ bill('employees', landed('bills', 'employees')) }}

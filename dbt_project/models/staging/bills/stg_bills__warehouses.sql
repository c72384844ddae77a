{{ bill('warehouses', landed('bills', 'warehouses')) }}
